// examples/rust, compiled as it is, against a Media Manager.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { serveManager } from '../harness/manager.js';
import { run } from '../harness/tarball.js';

const example = fileURLToPath(new URL('../../../examples/rust/', import.meta.url));
const target = fileURLToPath(new URL('../../../target/examples/', import.meta.url));

/** A picture of one pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');

/**
 * Runs the example.
 *
 * @param {string} origin
 */
const list = (origin) =>
  run('cargo', ['run', '--quiet', '--locked', '--', origin], {
    cwd: example,
    env: { ...process.env, CARGO_TARGET_DIR: process.env.WIX_MEDIA_EXAMPLES ?? target },
  });

suite('examples/rust', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof serveManager>>} */
  let served;
  /** @type {string[]} */
  const expected = [];
  before(async () => {
    let calls = 0;
    served = await serveManager(closing, {
      // The second call is refused once, as a busy service does.
      answer: (request, next) => (++calls === 2 ? new Response('{}', { status: 503 }) : next(request)),
    });
    await served.manager.seed(Array.from({ length: 120 }, (_, at) => ({ path: `/${String(at).padStart(3, '0')}.gif`, content: GIF })));
    calls = 0;
    for await (const file of served.client.files.listFiles({ mediaTypes: ['IMAGE'], sort: { fieldName: 'displayName', order: 'ASC' } })) {
      expected.push(`${file.displayName} ${file.url}`);
    }
    calls = 0;
  });

  test('examples/rust: lists every picture over pages and a refusal', async () => {
    served.requests.length = 0;
    const { stdout } = await list(served.baseUrl);
    assert.deepEqual(stdout.trimEnd().split('\n'), expected);
    assert.equal(expected.length, 120);
    assert.equal(served.requests.length, 4, 'three pages, one of them twice');
  });

  test('examples/rust: fails with the reason', async () => {
    const refused = list('http://127.0.0.1:1').catch((error) => error.stderr);
    assert.match(await refused, /NotSent|no answer|Network/);
  });
});
