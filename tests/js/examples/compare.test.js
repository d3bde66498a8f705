// docs/compare.md: the differences that have no test elsewhere, and that each of its rows names a test there is.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as official from '@wix/media';
import { ApiKeyStrategy, createClient as createOfficialClient, media as officialMedia } from '@wix/sdk';
import { createClient, files, media, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const key = { apiKey: 'k', siteId: 's' };

/**
 * The same call on both, answered alike: `{ theirs, ours }`, each `{ request, result, error }`.
 *
 * @param {(client: any) => unknown} call
 * @param {{ status?: number, body?: unknown, headers?: HeadersInit, config?: any, ourConfig?: any }} [answer] With options of both clients.
 */
async function both(call, { status = 200, body = {}, headers, config, ourConfig = config } = {}) {
  /** @param {(fetch: any) => any} make */
  const side = async (make) => {
    /** @type {any[]} */
    const requests = [];
    /**
     * @param {string} url
     * @param {any} init
     */
    const fetch = async (url, init) => {
      requests.push({ url, ...init, headers: { ...init.headers } });
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
    };
    const client = make(fetch);
    /** @type {{ result?: any, error?: any }} */
    const ended = await Promise.resolve()
      .then(() => call(client))
      .then((result) => ({ result }), (error) => ({ error }));
    return { request: requests[0], client, ...ended };
  };
  const { files: theirFiles, folders } = official;
  return {
    theirs: await side((fetch) =>
      createOfficialClient({ modules: { files: theirFiles, folders }, auth: ApiKeyStrategy(key), fetch, ...structuredClone(config) }),
    ),
    ours: await side((fetch) => createClient({ auth: key, fetch, retry: false, ...structuredClone(ourConfig) })),
  };
}

suite('requests', () => {
  test('no telemetry is sent along', async () => {
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.listFiles());
    assert.match(theirs.request.headers['x-wix-bi-gateway'], /package-name=/);
    assert.deepEqual(ours.request.headers, { Authorization: 'k', 'wix-site-id': 's' });
  });

  test('an extra header never stands beside a credential in another spelling', async () => {
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.listFiles(), { config: { headers: { authorization: 'other' } } });
    assert.equal(theirs.request.headers.authorization, 'other');
    assert.equal(theirs.request.headers.Authorization, 'k');
    assert.deepEqual(ours.request.headers, { Authorization: 'k', 'wix-site-id': 's' });
  });

  test('another host keeps the path, and may do without TLS', async () => {
    const host = { apiBaseUrl: 'localhost:4410', getMonitoringClient: undefined };
    const configs = { config: { host }, ourConfig: { baseUrl: 'http://localhost:4410' } };
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.listFiles(), configs);
    assert.equal(theirs.request.url, 'https://localhost:4410/wix-privatemedia-proxy-server/v1/files');
    assert.equal(ours.request.url, 'http://localhost:4410/site-media/v1/files');
  });

  test('what JSON cannot carry is refused by its path', async () => {
    const cycle = {};
    cycle.self = cycle;
    for (const [urlParams, name] of [
      [{ size: 5n }, 'size'],
      [cycle, 'self'],
    ]) {
      const { theirs, ours } = await both((/** @type {any} */ client) => client.files.importFile('https://example.com/a.jpg', { urlParams }));
      assert.ok(theirs.error && theirs.error.status === undefined);
      assert.equal(ours.error.code, 'INVALID_ARGUMENT');
      assert.match(ours.error.fieldViolations[0].field, new RegExp(`urlParams\\.${name}$`));
      assert.equal(ours.request, undefined);
    }
  });
});

suite('answers', () => {
  const page = { files: [{ id: 'a' }], pagingMetadata: { cursors: { next: 'n' }, hasNext: true } };

  test('the result of a query is a plain object', async () => {
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.queryFileDescriptors().find(), { body: page });
    assert.deepEqual(theirs.result.items, [{ _id: 'a' }]);
    assert.equal({ ...theirs.result }.items, undefined);
    assert.deepEqual({ ...ours.result }.items, [{ _id: 'a' }]);
    assert.deepEqual(JSON.parse(JSON.stringify(ours.result)).items, [{ _id: 'a' }]);
  });

  test('nesting has a limit of a thousand levels', async () => {
    /** @param {number} levels */
    const deep = (levels) => ({ body: `{"extra":${'['.repeat(levels)}${']'.repeat(levels)}}` });
    /** @param {any} client */
    const listed = (client) => client.files.listFiles();
    const { theirs: theirsFits, ours: oursFits } = await both(listed, deep(990));
    assert.deepEqual(oursFits.result, theirsFits.result);
    const { theirs, ours } = await both(listed, deep(1010));
    assert.ok(theirs.result);
    assert.equal(ours.error.code, 'INVALID_RESPONSE');
  });

  test('a date that stands twice in one object', async () => {
    const body = '{"folder":{"createdDate":"2020-01-01","createdDate":null}}';
    const { theirs, ours } = await both((/** @type {any} */ client) => client.folders.getFolder('d'), { body });
    assert.equal(theirs.result._createdDate, undefined);
    assert.deepEqual(ours.result._createdDate, new Date('2020-01-01'));
  });
});

suite('errors', () => {
  const answer = {
    status: 400,
    headers: { 'x-wix-request-id': 'r' },
    body: { message: 'm', details: { applicationError: { code: 'RESOURCE_NOT_FOUND', description: 'no such file' } } },
  };

  test('the message is a sentence, and the code has a place of its own', async () => {
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.getFileDescriptor('f'), answer);
    assert.deepEqual(JSON.parse(theirs.error.message), { message: 'm: no such file', details: theirs.error.details });
    assert.equal(theirs.error.code, undefined);
    assert.equal(ours.error.message, 'files.getFileDescriptor: no such file (400 RESOURCE_NOT_FOUND)');
    assert.equal(ours.error.code, 'RESOURCE_NOT_FOUND');
    for (const member of ['status', 'requestId', 'details']) assert.deepEqual(ours.error[member], theirs.error[member], member);
  });

  test('the class has a name that can be asked for', async () => {
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.getFileDescriptor('f'), answer);
    assert.equal(theirs.error.name, 'Error');
    assert.equal(ours.error.name, 'WixMediaError');
    assert.ok(ours.error instanceof WixMediaError);
    assert.ok('response' in theirs.error && !('response' in ours.error));
  });

  test('what went wrong on the way is told, not hidden', async () => {
    const { theirs, ours } = await both((/** @type {any} */ client) => client.files.getFileDescriptor('f'), { body: '<html>' });
    assert.equal(theirs.error.message, 'System error occurred: {}');
    assert.match(ours.error.message, /^files\.getFileDescriptor: the server answered 200 with a body that is not JSON/);
    assert.equal(ours.error.code, 'INVALID_RESPONSE');
  });
});

suite('surface', () => {
  test('a function that is imported directly makes the call', async () => {
    assert.equal(typeof official.files.getFileDescriptor('f'), 'function');
    const promise = files.getFileDescriptor(/** @type {any} */ (undefined));
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, WixMediaError);
  });

  test('a client has the media calls, what is around them and the webhooks, and nothing of a general client', async () => {
    const { theirs, ours } = await both(() => {});
    assert.deepEqual(Object.keys(ours.client).sort(), ['downloads', 'files', 'folders', 'paths', 'trash', 'uploads', 'webhooks']);
    for (const general of ['setHeaders', 'use', 'fetchWithAuth', 'graphql', 'servicePlugins']) assert.ok(general in theirs.client, general);
  });

  test('image helpers have width and height the right way round', () => {
    const image = 'wix:image://v1/a.jpg#originWidth=4000&originHeight=3000';
    /**
     * @param {{ getScaledToFitImageUrl: (image: string, width: number, height: number, options: any) => any }} helpers
     * @param {object} options
     */
    const tokens = ({ getScaledToFitImageUrl }, options) => present(/w_\d+,h_\d+/.exec(getScaledToFitImageUrl(image, 800, 600, options)))[0];
    assert.equal(tokens(officialMedia, {}), 'w_450,h_600');
    assert.equal(tokens(media, {}), 'w_800,h_600');
    assert.equal(tokens(media, { swapSourceSize: true }), 'w_450,h_600');
  });

  test('image helpers refuse what is no image', () => {
    for (const input of ['https://example.com/a.jpg', 'wix:video://v1/a']) {
      assert.equal(typeof officialMedia.getImageUrl(input).url, 'string');
      assert.throws(() => media.getImageUrl(input), (/** @type {any} */ error) => error.code === 'INVALID_MEDIA_URL' && error.message.includes(input));
    }
  });
});

suite('docs/compare.md', async () => {
  const text = await readFile(join(root, 'docs/compare.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('](../tests/'));

  test('each row of its tables names a test', () => {
    const unproven = text.split('\n').filter((line) => /^\| (?!---|What |Tag )/.test(line) && !line.includes('](../tests/'));
    assert.deepEqual(unproven, []);
    assert.ok(rows.length >= 30, `${rows.length} rows`);
  });

  /** @param {string} row */
  const named = (row) => [...row.matchAll(/\[([^\]]+)\]\((\.\.\/tests\/[^)]+)\)/g)].map(([, name, path]) => ({ name, path }));

  for (const row of rows) {
    const [, what] = row.split(' | ')[0].split('| ');
    test(`has its test for: ${what}`, async () => {
      for (const { name, path } of named(row)) {
        const source = await readFile(join(root, 'docs', path), 'utf8');
        const begins = ["'", '"', '`'].some((quote) => ['test', 'suite'].some((kind) => source.includes(`${kind}(${quote}${name}`)));
        assert.ok(begins, `${dirname(path)} has no test or suite that begins with “${name}” in ${path}`);
      }
    });
  }

  test('explains every fault that the recorded cases are marked with', async () => {
    const folder = join(root, 'tests/data/vectors');
    const tags = new Set();
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json'))) {
      const recorded = await readFile(join(folder, name), 'utf8');
      for (const [, tag] of recorded.matchAll(/"quirk:([^"]+)"/g)) tags.add(tag);
    }
    assert.ok(tags.size >= 15, `${tags.size} tags`);
    assert.deepEqual([...tags].filter((tag) => !text.includes(`| ${tag} |`)), []);
  });

  test('names the versions that are compared', async () => {
    const { devDependencies } = JSON.parse(await readFile(join(root, 'tests/js/package.json'), 'utf8'));
    for (const name of ['@wix/sdk', '@wix/media']) assert.ok(text.includes(`\`${name}\` ${devDependencies[name]}`), name);
  });
});
