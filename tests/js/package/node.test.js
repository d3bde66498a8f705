import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { commonScript, expectedReport, moduleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, run } from '../harness/tarball.js';

const ran = recorder(import.meta.url);
const [LINE] = process.versions.node.split('.');

suite('the installed package in Node', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {Awaited<ReturnType<typeof startService>>} */
  let service;
  before(async () => {
    service = await startService();
    closing.after(() => service.close());
    folder = await project(closing, { 'report.mjs': moduleScript, 'report.cjs': commonScript });
  });

  /** @param {...string} args */
  const node = async (...args) => JSON.parse((await run(process.execPath, args, { cwd: folder })).stdout);
  /** @param {string} expression */
  const say = (expression) => `console.log(JSON.stringify(${expression}))`;

  test('ES modules', async () => {
    await addFiles(folder, { 'main.mjs': `import { report } from './report.mjs'; ${say(`await report('${service.origin}')`)}` });
    assert.deepEqual(await node('main.mjs'), expectedReport);
    const { headers, search } = service.requests[0];
    assert.equal(headers.authorization, 'key');
    assert.equal(headers['wix-site-id'], 'site');
    assert.equal(search, '?paging.limit=2');
    ran('Node, ES modules', 'Node', LINE);
  });

  test('CommonJS', async () => {
    await addFiles(folder, { 'main.cjs': `require('./report.cjs').report('${service.origin}').then((found) => ${say('found')})` });
    assert.deepEqual(await node('main.cjs'), expectedReport);
    ran('Node, CommonJS', 'Node', LINE);
  });

  test('both in one process are one and the same to a user', async () => {
    await addFiles(folder, {
      'both.mjs': `
        import { createRequire } from 'node:module';
        import { report } from './report.mjs';
        const common = createRequire(import.meta.url)('./report.cjs');
        ${say(`[await report('${service.origin}'), await common.report('${service.origin}')]`)}`,
    });
    assert.deepEqual(await node('both.mjs'), [expectedReport, expectedReport]);
  });

  test('a worker thread', async () => {
    await addFiles(folder, {
      'worker.mjs': `
        import { parentPort, Worker, isMainThread } from 'node:worker_threads';
        import { report } from './report.mjs';
        if (isMainThread) new Worker(new URL(import.meta.url)).on('message', (found) => ${say('found')});
        else parentPort.postMessage(await report('${service.origin}'));`,
    });
    assert.deepEqual(await node('worker.mjs'), expectedReport);
  });

  test('without code from strings', async () => {
    assert.deepEqual(await node('--disallow-code-generation-from-strings', 'main.mjs'), expectedReport);
  });

  test('the wasm module and the manifest can be resolved', async () => {
    const resolved = await node('--input-type=module', '-e', say("['client.wasm', 'package.json'].map((name) => import.meta.resolve('wix-media.v2/' + name).split('/').pop())"));
    assert.deepEqual(resolved, ['client.wasm', 'package.json']);
  });

  test('nothing else can be', async () => {
    await assert.rejects(run(process.execPath, ['-e', "require('wix-media.v2/node.js')"], { cwd: folder }), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});
