// The functions that are imported directly, without a client. Each case runs in a process of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';

const module = new URL('../../../dist/node.js', import.meta.url).href;

const SETUP = `
  import wixMedia, { files, configure, createClient } from ${JSON.stringify(module)};
  const requests = [];
  globalThis.fetch = async (url, init) => (requests.push({ url, headers: init.headers }), new Response('{"files":[]}'));
  const say = (value) => console.log(JSON.stringify(value ?? null));
  const code = (error) => error.code;
`;

/** @param {string} code */
async function run(code, env = {}) {
  const { PATH } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SETUP + code], { env: { PATH, ...env } });
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

suite('credentials of the environment', () => {
  test('environment: provides the credentials', async () => {
    const [requests] = await run('await files.listFiles(); say(requests);', { WIX_API_KEY: 'k', WIX_SITE_ID: 's' });
    assert.deepEqual(requests, [
      { url: 'https://www.wixapis.com/site-media/v1/files', headers: { Authorization: 'k', 'wix-site-id': 's' } },
    ]);
  });

  test('environment: ignores a trailing line break', async () => {
    const [[request]] = await run('await files.listFiles(); say(requests);', { WIX_API_KEY: 'k\n', WIX_SITE_ID: ' s ' });
    assert.deepEqual(request.headers, { Authorization: 'k', 'wix-site-id': 's' });
  });

  test('environment: is read at the first call, not at the import', async () => {
    const [[request]] = await run("process.env.WIX_API_KEY = 'later'; await files.listFiles(); say(requests);");
    assert.equal(request.headers.Authorization, 'later');
  });
});

suite('configure', () => {
  test('configure: sets the credentials of the imported functions and the default object', async () => {
    const [requests] = await run(
      "configure({ auth: { apiKey: 'c', siteId: 's' } }); await files.listFiles(); await wixMedia.files.listFiles(); say(requests);",
      { WIX_API_KEY: 'environment' },
    );
    assert.deepEqual(requests.map((/** @type {{ headers: Record<string, string> }} */ { headers }) => headers.Authorization), ['c', 'c']);
  });

  test('configure: is a member of the default object', async () => {
    const [requests] = await run("wixMedia.configure({ auth: { apiKey: 'c' } }); await files.listFiles(); say(requests);");
    assert.equal(requests[0].headers.Authorization, 'c');
  });

  test('configure: works once, before the first call', async () => {
    const [twice, late] = [
      await run("configure({ auth: { apiKey: 'a' } }); try { configure({ auth: { apiKey: 'b' } }); } catch (error) { say(error.code); }"),
      await run("await files.listFiles(); try { configure({}); } catch (error) { say(error.code); }", { WIX_API_KEY: 'k' }),
    ];
    assert.deepEqual([twice[0], late[0]], ['ALREADY_CONFIGURED', 'ALREADY_CONFIGURED']);
  });

  test('configure: does not affect clients', async () => {
    const [requests] = await run(`
      configure({ auth: { apiKey: 'a' } });
      await createClient({ auth: { apiKey: 'b' } }).files.listFiles();
      say(requests);
    `);
    assert.equal(requests[0].headers.Authorization, 'b');
  });
});

test('imported functions: use a manager in memory without credentials, and warn once', async () => {
  const [folder, page, infos, requests] = await run(`
    const infos = [];
    console.info = (text) => infos.push(text);
    const { folder } = await wixMedia.folders.createFolder('Animals');
    say(folder.displayName);
    say((await wixMedia.folders.listFolders()).folders.map(({ displayName }) => displayName));
    say(infos);
    say(requests);
  `);
  assert.equal(folder, 'Animals');
  assert.deepEqual(page, ['Animals']);
  assert.equal(infos.length, 1);
  assert.match(infos[0], /no credentials.*configure\(.*WIX_API_KEY/);
  assert.deepEqual(requests, [], 'nothing leaves the process');
});
