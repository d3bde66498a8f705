// React Native, which is not supported: its engine has no WebAssembly. Metro's bundle loads, and its calls say so.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { recorder } from '../harness/platform.js';
import { project } from '../harness/tarball.js';
import { nodeOf, runTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSION = '0.87.1';

const main = `
import { createClient, media } from 'wix-media.v2';
const url = media.getImageUrl('wix:image://v1/f1~mv2.jpg/fox.jpg#originWidth=3&originHeight=4').url;
createClient({ auth: { apiKey: 'key' } }).files.listFiles().catch(({ name, code }) => settle({ url, name, code }));
`;

suite('React Native', () => {
  test("Metro's bundle: builds image URLs, and says that it cannot call", async (t) => {
    const release = nodeOf(22);
    const folder = await project(
      t,
      {
        'main.js': main,
        // As the settings of React Native.
        'metro.config.js': "module.exports = { resolver: { unstable_conditionNames: ['react-native'] }, transformer: { getTransformOptions: async () => ({ transform: { experimentalImportSupport: true } }) } };",
      },
      [`metro@${VERSION}`, release.package],
    );
    await runTool(folder, ['metro/src/cli.js', 'build', 'main.js', '--out', 'bundle.js', '--reset-cache', '--max-workers', '1'], { node: join(folder, release.path) });
    const code = await readFile(join(folder, 'bundle.js'), 'utf8');
    /** @type {unknown} */
    const found = await new Promise((settle) => {
      const { console, fetch, setTimeout, clearTimeout, TextEncoder, TextDecoder, URL, URLSearchParams, AbortController, Headers } = globalThis;
      // Hermes has these, but no WebAssembly.
      const globals = { console, fetch, setTimeout, clearTimeout, TextEncoder, TextDecoder, URL, URLSearchParams, AbortController, Headers, settle };
      runInNewContext(`delete globalThis.WebAssembly; var window = globalThis, global = globalThis;\n${code}`, globals);
    });
    assert.deepEqual(JSON.parse(JSON.stringify(found)), { url: 'https://static.wixstatic.com/media/f1~mv2.jpg', name: 'WixMediaError', code: 'MODULE_NOT_LOADED' });
    ran('React Native', 'Metro', VERSION);
  });
});
