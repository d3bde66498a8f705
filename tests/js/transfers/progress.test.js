// Progress under random failures: it never goes back, ends once and then is silent.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { md5, noise } from '../harness/bytes.js';
import { createClient } from '../harness/package.js';
import { startUploadService } from '../harness/upload-service.js';

/**
 * @import { UploadProgress } from '../harness/package.js'
 * @import { Step } from '../harness/upload-service.js'
 */

const KINDS = ['begin', 'create', 'chunk', 'ask', 'finalise', 'put'];

const faults = fc.oneof(
  fc.record({ status: fc.constantFrom(500, 503, 429, 404, 410, 409) }),
  fc.record({ cutAfter: fc.integer({ min: 0, max: 70 }) }),
  fc.record({ cutAnswer: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ offset: fc.integer({ min: 0, max: 200 }) }),
);

const script = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), number: fc.integer({ min: 0, max: 4 }), fault: faults }), { maxLength: 8 });

const SEED = process.env.WIX_MEDIA_SEED ? Number(process.env.WIX_MEDIA_SEED) : undefined;

/**
 * The rules that hold for every list of events, whatever became of the upload.
 *
 * @param {UploadProgress[]} events
 * @param {number} total
 * @param {boolean} isDone
 */
function check(events, total, isDone) {
  let [sent, confirmed] = [0, 0];
  for (const event of events) {
    assert.ok(event.sent >= sent && event.confirmed >= confirmed, 'it never goes back');
    assert.ok(event.confirmed <= event.sent && event.sent <= total, 'nothing is confirmed that was not sent');
    ({ sent, confirmed } = event);
  }
  const ends = events.filter((event) => event.confirmed === total);
  assert.equal(ends.length, isDone ? 1 : 0, 'the end is told once, and only of what is complete');
  if (isDone) assert.equal(events.at(-1), ends[0], 'and it is the last word');
}

suite('progress', () => {
  test('progress: reaches the total only when the file exists', async (t) => {
    const service = await startUploadService({ fault: ({ kind }) => (kind === 'finalise' ? { status: 503 } : undefined) });
    t.after(service.close);
    const client = createClient({ baseUrl: service.origin, auth: { apiKey: 'k' }, retry: { baseDelayMs: 30 } });
    /** @type {UploadProgress[]} */
    const events = [];
    /** @param {UploadProgress} event */
    const onProgress = (event) => events.push(event);
    const upload = client.uploads.upload(noise(100), { displayName: 'a.bin', protocol: 'tus', sessions: false, onProgress });
    await assert.rejects(upload, { status: 503 });
    check(events, 100, false);
  });

  test('progress: never decreases under random faults, and the file exists once', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        script,
        fc.constantFrom('plain', 'tus'),
        fc.integer({ min: 1, max: 150 }),
        fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
        async (steps, protocol, size, abortAfter) => {
          /** @param {Step} step */
          const fault = ({ kind, number }) => steps.find((step) => step.kind === kind && step.number === number)?.fault;
          const service = await startUploadService({ fault });
          try {
            const client = createClient({ baseUrl: service.origin, auth: { apiKey: 'k' }, retry: { baseDelayMs: 1 } });
            const bytes = noise(size, size + steps.length);
            /** @type {UploadProgress[]} */
            const events = [];
            const controller = new AbortController();
            let settled = false;
            let late = 0;
            const reason = new Error('enough');
            if (abortAfter !== undefined) setTimeout(() => controller.abort(reason), abortAfter);
            const file = await client.uploads
              .upload(bytes, {
                displayName: 'a.bin',
                protocol,
                chunkSizeInBytes: 32,
                sessions: false,
                verify: true,
                signal: controller.signal,
                onProgress: (event) => {
                  if (settled || controller.signal.aborted) late += 1;
                  events.push(event);
                },
              })
              .catch((error) => {
                if (controller.signal.aborted) assert.equal(error, reason);
                return undefined;
              });
            settled = true;
            await new Promise((resolve) => setTimeout(resolve, 2));
            assert.equal(late, 0, 'it is silent after the end');
            check(events, size, file !== undefined);
            if (file) {
              assert.deepEqual([...service.files.values()].map((each) => md5(each.bytes)), [md5(bytes)]);
            }
          } finally {
            await service.close();
          }
        },
      ),
      { numRuns: 150, seed: SEED },
    );
    t.diagnostic('150 runs');
  });
});
