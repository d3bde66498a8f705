// The guides to a first picture, from their first command on: only the package comes from a tarball instead of npm.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocks } from '../examples/markdown.js';
import { startBrowser } from '../harness/browser.js';
import { present } from '../harness/present.js';
import { addFiles, pack, run } from '../harness/tarball.js';
import { environment, nodeOf, startTool } from '../harness/tools.js';

/** @import { TestContext } from 'node:test' */

const CAT = fileURLToPath(new URL('../../data/photos/chelsea.jpg', import.meta.url));
const NAME = 'my-pictures';

/**
 * A guide: its blocks by language, and a shell in an empty folder. Programs find `node` before any other Node.
 *
 * @param {TestContext} t
 * @param {string} name
 */
async function guide(t, name) {
  const folder = await mkdtemp(join(process.env.DISK_TMPDIR ?? tmpdir(), 'wix-media-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const { path: tarball } = await pack(folder);
  const found = blocks(await readFile(new URL(`../../../docs/guides/${name}.md`, import.meta.url), 'utf8'));
  const of = (/** @type {string} */ language) => found.filter((block) => block.language === language).map(({ code }) => code);
  const commands = of('sh').map((code) => code.replace(/^(npm install .*)\bwix-media\.v2\b/m, (_, before) => `${before}${tarball}`));
  // npm asks before it runs the tool that makes the application, and tools ask about themselves.
  const { NODE_TEST_CONTEXT: _, ...inherited } = environment;
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...inherited, npm_config_yes: 'true', npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
  /**
   * @param {string} script
   * @param {string} [cwd]
   */
  async function shell(script, cwd = folder) {
    try {
      const { stdout, stderr } = await run('sh', ['-e', '-c', script], { cwd, env, maxBuffer: 1e8 });
      return stdout + stderr;
    } catch (/** @type {any} */ error) {
      throw new Error(`${script} failed\n${error.stdout}\n${error.stderr}`);
    }
  }
  return { folder, application: join(folder, NAME), of, commands, env, shell };
}

/**
 * Starts the server of an application by the command of the guide, and uploads a picture on its page.
 *
 * @param {TestContext} t
 * @param {string} application
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 * @param {{ isKept: boolean }} options Whether the guide says that the picture is there after a reload.
 */
async function uploads(t, application, command, env, { isKept }) {
  const origin = await startTool(t, application, ['-c', command], { node: 'sh', env: /** @type {Record<string, string>} */ (env) });
  const page = await (await startBrowser(t)).newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(origin);
  const picture = async () => {
    await page.waitForFunction(() => [...document.querySelectorAll('img')].some(({ alt, naturalWidth }) => alt === 'chelsea.jpg' && naturalWidth > 0));
  };
  await page.locator('input[aria-label="Pictures"]:enabled').setInputFiles(CAT);
  await picture();
  if (isKept) {
    await page.reload();
    await picture();
  }
  assert.deepEqual(faults, []);
  return origin;
}

suite('guides', () => {
  test('Vite: uploads a picture', async (t) => {
    const { application, of, commands, env, shell } = await guide(t, 'vite');
    const [create, serve] = commands;
    await shell(create);
    await addFiles(application, { 'index.html': present(of('html')[0]) });
    await shell('npm run build', application);
    await uploads(t, application, serve, env, { isKept: true });
  });

  test('Next.js: uploads a picture, in the page and in a route', async (t) => {
    const { application, of, commands, env, shell } = await guide(t, 'next');
    const [create, serve] = commands;
    await shell(create);
    await addFiles(application, { 'app/page.js': present(of('jsx')[0]), 'app/upload/route.js': present(of('js')[0]) });
    const origin = await uploads(t, application, serve, env, { isKept: true });
    const form = new FormData();
    form.append('picture', new File([await readFile(CAT)], 'chelsea.jpg', { type: 'image/jpeg' }));
    const response = await fetch(`${origin}/upload`, { method: 'POST', body: form });
    assert.equal((await response.json()).name, 'chelsea.jpg');
  });

  test('Angular: uploads a picture', async (t) => {
    const { folder, application, of, commands, env, shell } = await guide(t, 'angular');
    // Angular refuses Node 20.
    const release = nodeOf(22);
    await shell(`npm install --no-save ${release.package}`);
    env.PATH = [dirname(join(folder, release.path)), process.env.PATH].join(delimiter);
    const [create, serve] = commands;
    await shell(create);
    const settings = JSON.parse(await readFile(join(application, 'angular.json'), 'utf8'));
    settings.projects[NAME].architect.build.options.assets.push(JSON.parse(present(of('json')[0])));
    await writeFile(join(application, 'angular.json'), JSON.stringify(settings));
    await addFiles(application, { 'src/app/app.ts': present(of('ts')[0]) });
    await shell('npm run build', application);
    await uploads(t, application, serve, env, { isKept: false });
  });

  test('Jest: uploads a picture in a test', async (t) => {
    const { folder, of, commands, shell } = await guide(t, 'jest');
    const [install, jest] = commands;
    await shell(install);
    await addFiles(folder, { 'picture.test.js': present(of('js jest')[0]) });
    assert.match(await shell(jest), /2 passed/);
  });
});
