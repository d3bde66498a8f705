// Node's single executables, made as docs/platform.md says: a program of one script inside a copy of Node.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { blocks } from '../examples/markdown.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { project, run, versionOf } from '../harness/tarball.js';

const ran = recorder(import.meta.url);
const page = await readFile(new URL('../../../docs/platform.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('### One file for Node'), page.indexOf('### Entries'));
const commands = blocks(section).map(({ code }) => code);

suite('single executable of Node', () => {
  test('made by the documented commands', async (t) => {
    const main = `import * as wixMedia from 'wix-media.v2/inline'; ${managerScript} use(wixMedia, 'memory').then((result) => console.log(JSON.stringify(result)));`;
    const folder = await project(t, { 'main.js': main }, [`esbuild@${await versionOf('esbuild')}`, 'postject@1.0.0-alpha.6']);
    assert.equal(commands.length, 2);
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, npm_config_offline: 'true' };
    await run('sh', ['-e', '-c', commands.join('\n')], { cwd: folder, env });
    // Nothing lies beside it.
    const alone = await mkdtemp(join(process.env.DISK_TMPDIR ?? tmpdir(), 'wix-media-'));
    t.after(() => rm(alone, { recursive: true, force: true, maxRetries: 3 }));
    await rename(join(folder, 'program'), join(alone, 'program'));
    const { stdout } = await run(join(alone, 'program'), [], { cwd: alone });
    assert.deepEqual(JSON.parse(stdout), expectedOfManager);
    ran('Node, single executable', 'Node', process.versions.node.split('.')[0]);
  });
});
