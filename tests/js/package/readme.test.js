// The commands of the READMEs, as pasted into two terminals: only the package comes from a tarball, and the port is a free one.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocks } from '../examples/markdown.js';
import { present } from '../harness/present.js';
import { project, run } from '../harness/tarball.js';
import { startTool } from '../harness/tools.js';

const CAT = fileURLToPath(new URL('../../data/photos/chelsea.jpg', import.meta.url));

suite('READMEs', () => {
  for (const { name, tree, last } of [
    { name: 'README.md', tree: /Holidays[\s\S]*chelsea\.jpg/, last: async (/** @type {string} */ folder) => assert.ok((await readdir(folder)).some((each) => each.endsWith('.zip'))) },
    { name: 'pkg-template/README.md', tree: /Holidays[\s\S]*chelsea\.jpg/, last: async () => {} },
  ]) {
    test(`${name}: serves a Media Manager, and fills it from a shell`, async (t) => {
      const folder = await project(t);
      await mkdir(join(folder, 'photos'));
      await copyFile(CAT, join(folder, 'photos/chelsea.jpg'));
      const commands = blocks(await readFile(new URL(`../../../${name}`, import.meta.url), 'utf8')).filter(({ language }) => language === 'sh').map(({ code }) => code);
      const at = commands.findIndex((code) => /^npx wix-media serve --data media/.test(code));
      assert.doesNotMatch(present(commands[at]), /\n/, 'it runs until it is stopped');
      const environment = { HOME: folder, npm_config_offline: 'true' };
      const origin = await startTool(t, folder, ['-c', `${commands[at]} --port 0`], { node: 'sh', env: environment });
      const script = present(commands[at + 1]).replaceAll('4410', new URL(origin).port);
      assert.match(script, /WIX_MEDIA_URL/);
      const { stdout } = await run('sh', ['-e', '-c', script], { cwd: folder, env: { ...process.env, ...environment } });
      assert.match(stdout, tree);
      await last(folder);
    });
  }
});
