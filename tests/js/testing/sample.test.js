// Samples of each media type, matchers, and requests of pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestManager, matchers, routePage, sample } from '../harness/testing.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { RoutedPage, SampleOptions, SampleType } from 'wix-media.v2/testing'
 */

/** @param {TestContext} t */
async function started(t) {
  const manager = await createTestManager();
  t.after(() => manager.close());
  return manager;
}

/** @param {File} file */
const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

for (const [type, mimeType, facts] of /** @type {[SampleType, string, string[]][]} */ ([
  ['IMAGE', 'image/png', ['"#3366CC"', '"width":40', '"height":30']],
  ['VECTOR', 'image/svg+xml', ['"width":40', '"height":30']],
  ['VIDEO', 'video/mp4', ['"durationInMilliseconds":2500', '"width":40', '"height":30']],
  ['AUDIO', 'audio/wav', ['"duration":2500']],
  ['DOCUMENT', 'application/pdf', ['sample.pdf']],
  ['ARCHIVE', 'application/zip', ['sample.zip']],
  ['MODEL3D', 'model/gltf-binary', ['sample.glb']],
])) {
  test(`sample: a manager finds in ${type} what it is`, async (t) => {
    const manager = await started(t);
    const options = { width: 40, height: 30, seconds: 2.5 };
    const made = sample(type, options);
    assert.equal(made.type, mimeType);
    assert.deepEqual(await bytesOf(made), await bytesOf(sample(type, options)));
    const { _id, mediaType } = await manager.client.uploads.upload(made);
    await manager.clock.advance(600_000);
    const response = await manager.fetch(`${manager.baseUrl}/site-media/v1/files/get-file-by-id?fileId=${_id}`);
    const { file } = await response.json();
    assert.deepEqual([mediaType, file.operationStatus], [type, 'READY']);
    const text = JSON.stringify(file.media);
    for (const fact of facts) assert.ok(text.includes(fact), `${fact} in ${text}`);
  });
}

test('sample: options change name, size, duration and colour', async () => {
  assert.equal(sample('IMAGE', { name: 'beach.png' }).name, 'beach.png');
  for (const options of [{ width: 5 }, { height: 5 }, { color: '#000000' }]) {
    assert.notDeepEqual(await bytesOf(sample('IMAGE', options)), await bytesOf(sample('IMAGE')));
  }
  assert.equal(sample('AUDIO', { seconds: 2 }).size - sample('AUDIO').size, 8000);
});

test('sample: images of any size are decoded', async (t) => {
  const manager = await started(t);
  for (const [width, height] of [[1, 1], [9, 1], [4000, 3000]]) {
    const { url } = await manager.client.uploads.upload(sample('IMAGE', { width, height, color: '#ff8000' }));
    const response = await manager.fetch(`${url}/v1/fit/w_1,h_1/x.png`);
    assert.equal(response.status, 200, await response.text());
  }
});

test('sample: refuses what it cannot make', () => {
  const refused = /** @type {[string, SampleOptions, string][]} */ ([
    ['OTHER', {}, 'mediaType'],
    ['toString', {}, 'mediaType'],
    ['IMAGE', { width: 0 }, 'width'],
    ['IMAGE', { height: 10_001 }, 'height'],
    ['VIDEO', { width: 1.5 }, 'width'],
    ['AUDIO', { seconds: 0 }, 'seconds'],
    ['AUDIO', { seconds: Number.NaN }, 'seconds'],
    ['IMAGE', { color: 'red' }, 'color'],
  ]);
  for (const [type, options, field] of refused) {
    assert.throws(() => sample(/** @type {SampleType} */ (type), options), (/** @type {any} */ { code, fieldViolations }) => code === 'INVALID_ARGUMENT' && fieldViolations[0].field === field, field);
  }
});

/** @param {Promise<{ pass: boolean, message(): string }>} matched */
async function said(matched) {
  const { pass, message } = await matched;
  return [pass, message()];
}

test('toContainFile: by path, and by a part of the descriptor', async (t) => {
  const manager = await started(t);
  await manager.client.uploads.upload(sample('IMAGE'), { path: '/Animals', labels: ['fox'], displayName: 'fox.png' });
  const { toContainFile } = matchers;
  assert.deepEqual(await said(toContainFile(manager, '/Animals/fox.png')), [true, 'expected not to contain the file /Animals/fox.png']);
  assert.deepEqual(await said(toContainFile(manager, '/cat.png')), [false, 'expected to contain the file /cat.png, found /Animals/, /Animals/fox.png']);
  assert.equal((await toContainFile(manager, '/Animals')).pass, false, 'a folder is no file');
  assert.equal((await toContainFile(manager, '/Animals/fox.png', { labels: ['fox'], mediaType: 'IMAGE', displayName: /fox/ })).pass, true);
  const [pass, message] = await said(toContainFile(manager, '/Animals/fox.png', { labels: ['cat'] }));
  assert.equal(pass, false);
  assert.match(String(message), /^expected the file \/Animals\/fox\.png to match \{\n {2}"labels": \[\n {4}"cat"/);
  assert.equal((await toContainFile(manager, '/Animals/fox.png', { labels: ['fox', 'snow'] })).pass, false);
  assert.equal((await toContainFile(manager, '/Animals/fox.png', { _createdDate: new Date(manager.clock.now()) })).pass, true);
  assert.equal((await toContainFile(manager, '/Animals/fox.png', { mimeType: { asymmetricMatch: (/** @type {string} */ value) => value === 'image/png' } })).pass, true);
  await assert.rejects(toContainFile(/** @type {any} */ ({}), '/x'), TypeError);
});

test('toContainFolder: by path', async (t) => {
  const manager = await started(t);
  await manager.client.paths.ensure('/Animals/Foxes');
  assert.equal((await matchers.toContainFolder(manager, '/Animals/Foxes')).pass, true);
  assert.deepEqual(await said(matchers.toContainFolder(manager, '/Foxes')), [false, 'expected to contain the folder /Foxes, found /Animals/, /Animals/Foxes/']);
});

test('toRejectWithCode: promises and functions', async (t) => {
  const manager = await started(t);
  const failing = () => manager.client.files.getFileDescriptor('missing');
  const { toRejectWithCode } = matchers;
  assert.equal((await toRejectWithCode(failing(), 'RESOURCE_NOT_FOUND')).pass, true);
  assert.equal((await toRejectWithCode(failing, 'RESOURCE_NOT_FOUND')).pass, true);
  const [pass, message] = await said(toRejectWithCode(failing(), 'NETWORK'));
  assert.equal(pass, false);
  assert.match(String(message), /^expected a rejection with the code NETWORK, found RESOURCE_NOT_FOUND: files\.getFileDescriptor/);
  assert.deepEqual(await said(toRejectWithCode(Promise.resolve(1), 'NETWORK')), [false, 'expected a rejection with the code NETWORK, found no rejection']);
});

test('routePage: answers calls, uploads and media of a page', async (t) => {
  const manager = await started(t);
  /** @type {Parameters<RoutedPage['route']>[]} */
  const routes = [];
  await routePage({ route: async (...route) => routes.push(route) }, manager);
  const [[matches, handler]] = routes;
  for (const [url, isOurs] of /** @type {[string, boolean][]} */ ([
    ['https://www.wixapis.com/site-media/v1/files', true],
    ['https://static.wixstatic.com/media/x.png', true],
    [`${manager.baseUrl}/media/x.png`, true],
    ['https://example.com/', false],
    ['https://notwixapis.com/', false],
  ])) {
    assert.equal(matches(new URL(url)), isOurs, url);
  }
  /**
   * @param {string} url
   * @param {string} method
   * @param {string | Uint8Array | null} content
   */
  async function ask(url, method = 'GET', content = null) {
    /** @type {any} */
    let answer;
    await handler({
      request: () => ({
        url: () => url,
        method: () => method,
        postDataBuffer: () => (typeof content === 'string' ? new TextEncoder().encode(content) : content),
        allHeaders: async () => ({ ':authority': 'www.wixapis.com', host: 'www.wixapis.com', authorization: 'key', 'content-type': 'application/json' }),
      }),
      fulfill: async (given) => {
        answer = given;
      },
    });
    return answer;
  }
  const made = await ask('https://www.wixapis.com/site-media/v1/folders', 'POST', JSON.stringify({ displayName: 'Animals' }));
  assert.equal(made.status, 200, String(made.body));
  assert.equal(JSON.parse(String(made.body)).folder.displayName, 'Animals');
  const { url } = await manager.client.uploads.upload(sample('IMAGE'));
  const media = await ask(`https://static.wixstatic.com${new URL(url).pathname}`);
  assert.deepEqual([media.status, media.headers['content-type']], [200, 'image/png']);
  assert.deepEqual(new Uint8Array(media.body), await bytesOf(sample('IMAGE')));
});
