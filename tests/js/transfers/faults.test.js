// Uploads over a connection and a service that fail in every way, at every place. A reported success exists exactly once,
// byte for byte.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { startUploadService } from '../harness/upload-service.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { UploadOptions, UploadSource } from '../harness/package.js'
 * @import { Fault, Step } from '../harness/upload-service.js'
 */

/** @typedef {UploadOptions & { quota?: number, source?: UploadSource }} Options */

const SIZE = 40;
const CHUNK = 16;
const bytes = noise(SIZE);

/**
 * A service with a fault, and an upload to it.
 *
 * @param {TestContext} t
 * @param {((step: Step) => Fault | undefined) | undefined} fault
 * @param {Options} [options]
 */
async function uploaded(t, fault, { protocol, quota, source = bytes, ...options } = {}) {
  const service = await startUploadService({ fault, quota });
  t.after(service.close);
  const client = createClient({ baseUrl: service.origin, auth: { apiKey: 'key' }, retry: { baseDelayMs: 1, maxDelayMs: 5000 } });
  const upload = client.uploads.upload(source, {
    displayName: 'noise.bin',
    protocol,
    chunkSizeInBytes: CHUNK,
    sessions: false,
    verify: true,
    ...options,
  });
  return { service, client, upload };
}

/**
 * The upload succeeds, and the service holds exactly one file with exactly these bytes.
 *
 * @param {TestContext} t
 * @param {((step: Step) => Fault | undefined) | undefined} fault
 * @param {Options} [options]
 */
async function arrives(t, fault, options) {
  const { service, upload } = await uploaded(t, fault, options);
  const file = await upload;
  assert.equal(file.hash, md5(bytes));
  assert.deepEqual([...service.files.values()].map((each) => md5(each.bytes)), [md5(bytes)]);
  return service;
}

/**
 * @param {string} kind
 * @param {Fault} answer
 */
const once = (kind, answer, number = 0) => (/** @type {Step} */ step) => (step.kind === kind && step.number === number ? answer : undefined);
/**
 * @param {string} kind
 * @param {number} count
 * @param {Fault} answer
 */
const times = (kind, count, answer) => (/** @type {Step} */ step) => (step.kind === kind && step.number < count ? answer : undefined);

suite('the connection is cut', () => {
  test('cut: at every byte of a plain upload', async (t) => {
    for (let cutAfter = 0; cutAfter <= SIZE; cutAfter += 1) await arrives(t, once('put', { cutAfter }), { protocol: 'plain' });
  });

  test('cut: at every byte of a resumable upload', async (t) => {
    for (let number = 0; number * CHUNK < SIZE; number += 1) {
      const length = Math.min(CHUNK, SIZE - number * CHUNK);
      for (let cutAfter = 0; cutAfter <= length; cutAfter += 1) {
        await arrives(t, once('chunk', { cutAfter }, number), { protocol: 'tus' });
      }
    }
  });

  test('cut: within the answer, when the file already exists', async (t) => {
    for (let cutAnswer = 0; cutAnswer < 400; cutAnswer += 40) {
      await arrives(t, once('put', { cutAnswer }), { protocol: 'plain' });
      await arrives(t, once('finalise', { cutAnswer }), { protocol: 'tus' });
    }
    await arrives(t, times('chunk', 2, { cutAnswer: 0 }), { protocol: 'tus' });
  });

  test('cut: every time, fails with NETWORK and leaves nothing', async (t) => {
    for (const [protocol, kind] of /** @type {['plain' | 'tus', string][]} */ ([['plain', 'put'], ['tus', 'chunk']])) {
      const { service, upload } = await uploaded(t, (step) => (step.kind === kind ? { cutAfter: 0 } : undefined), { protocol });
      const error = await rejection(upload);
      assert.equal(error.code, 'NETWORK');
      assert.equal(service.files.size, 0);
    }
  });
});

suite('the service refuses for a while', () => {
  for (const status of [500, 503]) {
    for (const [protocol, kinds] of /** @type {['plain' | 'tus', string[]][]} */ ([['plain', ['begin', 'put']], ['tus', ['begin', 'create', 'chunk', 'ask', 'finalise']]])) {
      for (const kind of kinds) {
        test(`a burst of ${status} at ${kind}, ${protocol}`, async (t) => {
          const burst = times(kind, 2, { status });
          // Without a cut there is no request for the offset.
          const cut = once('chunk', { cutAfter: 3 });
          await arrives(t, (step) => burst(step) ?? (kind === 'ask' ? cut(step) : undefined), { protocol });
        });
      }
    }
  }

  for (const [protocol, kind] of /** @type {['plain' | 'tus', string][]} */ ([['plain', 'put'], ['tus', 'create'], ['tus', 'chunk'], ['tus', 'finalise']])) {
    test(`429 at ${kind}: waits at least Retry-After`, async (t) => {
      /** @type {number | undefined} */
      let refused;
      /** @type {number | undefined} */
      let again;
      await arrives(
        t,
        (step) => {
          // A chunk is not sent again before the service was asked.
          if (refused && !again && step.kind !== 'call') again = performance.now();
          if (step.kind !== kind || step.number > 0) return undefined;
          refused = performance.now();
          return { status: 429, headers: { 'retry-after': '1' } };
        },
        { protocol },
      );
      assert.ok(present(again) - present(refused) >= 990, `${present(again) - present(refused)} ms`);
    });
  }

  test('429 with Retry-After beyond maxDelayMs: fails at once', async (t) => {
    /** @param {Step} step */
    const fault = (step) => (step.kind === 'chunk' ? { status: 429, headers: { 'retry-after': '3600' } } : undefined);
    const error = await rejection((await uploaded(t, fault, { protocol: 'tus' })).upload);
    assert.equal(error.status, 429);
  });
});

suite('the service stalls', () => {
  for (const [protocol, kind] of /** @type {['plain' | 'tus', string][]} */ ([['plain', 'put'], ['tus', 'create'], ['tus', 'chunk'], ['tus', 'finalise']])) {
    test(`stall: at ${kind}`, async (t) => {
      const service = await arrives(t, once(kind, { stall: true }), { protocol, stallMs: 1000 });
      assert.ok(service.requests.filter((each) => each.kind === kind).length > 1);
    });
  }
});

suite('the service lies about its offset', () => {
  for (const offset of [0, 3, 17, 41, 1_000_000]) {
    test(`wrong offset ${offset} after the first chunk`, async (t) => {
      await arrives(t, once('chunk', { offset }), { protocol: 'tus' });
    });
    test(`wrong offset ${offset} in the answer to HEAD`, async (t) => {
      const cut = once('chunk', { cutAfter: 5 });
      const lie = once('ask', { offset });
      await arrives(t, (step) => cut(step) ?? lie(step), { protocol: 'tus' });
    });
  }

  test('wrong offset in every answer: UPLOAD_OFFSET_INVALID', async (t) => {
    const { service, upload } = await uploaded(t, (step) => (['ask', 'chunk'].includes(step.kind) ? { offset: 39 } : undefined), { protocol: 'tus' });
    const error = await rejection(upload);
    assert.equal(error.code, 'UPLOAD_OFFSET_INVALID');
    assert.equal(service.files.size, 0);
  });

  test('wrong bytes stored: CONTENT_MISMATCH', async (t) => {
    const { service, upload } = await uploaded(
      t,
      (step) => {
        if (step.kind === 'finalise') for (const transfer of service.transfers.values()) transfer.bytes[7] ^= 1;
        return undefined;
      },
      { protocol: 'tus' },
    );
    assert.equal((await rejection(upload)).code, 'CONTENT_MISMATCH');
    assert.equal(service.files.size, 0);
  });
});

suite('a token ends on the way', () => {
  for (const status of [403, 404, 410]) {
    for (const [protocol, kind, number] of /** @type {['plain' | 'tus', string, number][]} */ ([['plain', 'put', 0], ['tus', 'create', 0], ['tus', 'chunk', 1], ['tus', 'finalise', 0]])) {
      test(`${status} at ${kind}: starts over with a new token`, async (t) => {
        const service = await arrives(t, once(kind, { status }, number), { protocol });
        assert.equal(service.requests.filter((each) => each.kind === 'begin').length, 2);
      });
    }
  }
});

suite('the storage of the site is full', () => {
  for (const [protocol, quota] of /** @type {['plain' | 'tus', number][]} */ ([['plain', 10], ['tus', 20], ['tus', 39]])) {
    test(`quota: ${protocol}, after ${quota} bytes`, async (t) => {
      const { service, upload } = await uploaded(t, undefined, { protocol, quota });
      const error = await rejection(upload);
      assert.equal(error.code, 'SITE_QUOTA_EXCEEDED');
      assert.equal(service.files.size, 0);
      assert.ok(service.requests.length < 12, 'it is not tried again and again');
    });
  }
});

test('uploads: send no credentials to upload hosts', async (t) => {
  for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
    const service = await arrives(t, undefined, { protocol });
    const own = service.requests.filter(({ path }) => path.startsWith('/upload/'));
    assert.ok(own.length > 0);
    for (const { headers } of own) {
      assert.equal(headers.authorization, undefined);
      assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith('wix-') || name.startsWith('x-wix-')), []);
    }
  }
});

test('upload: fails with SOURCE_FAILED when the source fails', async (t) => {
  const failing = async function* () {
    yield noise(10);
    throw new Error('the disk is gone');
  };
  const { upload, service } = await uploaded(t, undefined, { source: failing() });
  const error = await rejection(upload);
  assert.equal(error.code, 'SOURCE_FAILED');
  assert.match(error.message, /the disk is gone/);
  assert.equal(service.files.size, 0);
});
