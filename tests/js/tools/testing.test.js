// `wix-media.v2/testing` in the test runners that it is for, beside the tests of docs/testing.md as they stand there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, suite, test } from 'node:test';
import { blocks } from '../examples/markdown.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { present } from '../harness/present.js';
import { project, run, tool } from '../harness/tarball.js';
import { runTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSIONS = { jest: '30.5.2', vitest: '5.1.1', playwright: '1.65.1' };

const page = blocks(await readFile(new URL('../../../docs/testing.md', import.meta.url), 'utf8'));
/** @param {string} language */
const documented = (language) => present(page.find((block) => block.language === language)).code;

/** Two tests, each of which would fail if the other one left anything behind. */
const twice = (/** @type {string} */ body) => `${body.replaceAll('NAME', 'one')}\n${body.replaceAll('NAME', 'two')}`;

const hooked = `
  expect.extend(matchers);
  ${twice(`test('NAME', async () => {
    const { manager } = media;
    await manager.client.uploads.upload(sample('IMAGE'), { path: '/Animals', displayName: 'NAME.png' });
    await expect(manager).toContainFile('/Animals/NAME.png', { mediaType: 'IMAGE', sizeInBytes: expect.any(String) });
    await expect(manager).toContainFolder('/Animals');
    await expect(manager).not.toContainFile('/Animals/other.png');
    await expect(manager.client.files.getFileDescriptor('x')).toRejectWithCode('RESOURCE_NOT_FOUND');
    expect((await manager.client.files.searchFiles({ search: '.png' })).files.length).toBe(1);
  });`)}`;
const seeded = "{ seed: [{ path: '/Animals/' }] }";

const fixtures = (/** @type {string} */ types) => `
  const test = base.extend<${types}>(managerFixtures(${seeded}));
  ${twice(`test('NAME', async ({ manager }) => {
    await manager.client.folders.createFolder('NAME');
    expect((await manager.client.folders.listFolders()).folders.length).toBe(2);
  });`)}`;

const settings = { target: 'es2023', lib: ['es2023', 'dom'], module: 'esnext', moduleResolution: 'bundler', strict: true, noEmit: true, skipLibCheck: true, types: [] };

suite('wix-media.v2/testing', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project(
      closing,
      {
        'jest/page.test.js': documented('js jest'),
        'jest/hooks.test.js': `const { matchers, sample, useTestManager } = require('wix-media.v2/testing'); const media = useTestManager(${seeded}); ${hooked}`,
        'vitest/page.test.js': documented('js vitest'),
        'vitest/matchers.d.ts': documented('ts vitest'),
        'vitest/fixtures.test.ts': `import { expect, test as base } from 'vitest'; import { managerFixtures, type ManagerFixtures, type ManagerWorkerFixtures } from 'wix-media.v2/testing'; ${fixtures('ManagerFixtures & ManagerWorkerFixtures')}`,
        'vitest/hooks.test.ts': `import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'; import { matchers, sample, useTestManager } from 'wix-media.v2/testing';
          const media = useTestManager(${seeded}, { beforeAll, afterEach, afterAll }); ${hooked}`,
        'playwright/page.spec.js': documented('js playwright'),
        'playwright/fixtures.spec.ts': `import { expect, test as base } from '@playwright/test'; import { managerFixtures, type ManagerFixtures, type ManagerWorkerFixtures } from 'wix-media.v2/testing'; ${fixtures('ManagerFixtures, ManagerWorkerFixtures')}`,
        'node/page.mjs': documented('js node-test'),
        'vitest.config.mjs': "export default { test: { include: ['vitest/*.test.*'], testTimeout: 600_000, hookTimeout: 600_000 } };",
        'playwright.config.mjs': `export default { testDir: 'playwright', timeout: 600_000, expect: { timeout: 600_000 }, use: { launchOptions: { executablePath: ${JSON.stringify(process.env.CHROMIUM ?? '/usr/bin/chromium')}, args: ['--no-sandbox'] } } };`,
        'tsconfig.json': JSON.stringify({ compilerOptions: settings, include: ['vitest', 'playwright'] }),
      },
      [`jest@${VERSIONS.jest}`, `vitest@${VERSIONS.vitest}`, `@playwright/test@${VERSIONS.playwright}`],
    );
  });

  test('Jest', async () => {
    assert.match(await runTool(folder, ['jest/bin/jest.js', '--ci', '--runInBand', '--testTimeout=600000', 'jest/']), /4 passed/);
  });
  test('Vitest', async () => {
    assert.match(await runTool(folder, ['vitest/vitest.mjs', 'run']), /6 passed/);
    ran('Vitest, Playwright', 'Vitest', VERSIONS.vitest);
  });
  test('Playwright', async () => {
    assert.match(await runTool(folder, ['@playwright/test/cli.js', 'test', '--reporter=line']), /3 passed/);
    ran('Vitest, Playwright', 'Playwright', VERSIONS.playwright);
  });
  test("Node's own runner", async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'node/page.mjs'], { cwd: folder, env });
    assert.match(stdout, /# pass 1\n# fail 0/);
  });
  test('types of fixtures and matchers', async () => {
    await run(process.execPath, [tool('typescript/bin/tsc'), '--project', 'tsconfig.json', '--pretty', 'false'], { cwd: folder });
  });
});
