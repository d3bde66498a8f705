// A server that dies in the middle of an import of an archive, or of a reset, at any of its calls to the disk: afterwards the
// old content is there or the new, whole, and a day of sweeps leaves nothing of the other.
import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { served } from '../harness/served.js';
import { emptyDirectory, open } from '../manager/place.js';
import { chosenSeed, Random } from '../oracle/random.js';
import { checkSwept, seen } from './found.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { MediaManager } from '../harness/package.js'
 */

const ROUNDS = Number(process.env.WIX_MEDIA_CRASHES ?? 200) / 25;
const IMPORT = { method: 'PUT', path: '/_wix-media/import' };
const RESET = { method: 'POST', path: '/_wix-media/reset' };

/**
 * An archive of some folders and files.
 *
 * @param {TestContext} t
 * @param {number} count
 * @param {number} size
 */
async function archive(t, count, size) {
  const seed = Array.from({ length: count }, (_, index) => ({ path: `/${index % 5}/${index}.bin`, content: noise(size, index + 1) }));
  const manager = await open(t, { seed });
  const bytes = await new Response(await manager.export()).arrayBuffer();
  return { bytes, names: await content(manager) };
}

/**
 * What a manager holds: the paths of folders, the names of files with their hashes, whose bytes have them.
 *
 * @param {MediaManager} manager
 */
async function content(manager) {
  const found = [];
  for (const { kind, name, hash, url } of (await seen(manager.client)).items.values()) {
    if (kind === 'folder') found.push(`${name}/`);
    else {
      assert.equal(md5(new Uint8Array(await (await manager.fetch(present(url))).arrayBuffer())), hash, String(name));
      found.push(`${name} ${hash}`);
    }
  }
  return found.sort();
}

const skip = process.platform === 'linux' ? false : 'reads files by /proc';

suite('crashes of imports and resets', { skip }, () => {
  for (const loses of [false, true]) {
    const how = loses ? 'and the disk loses its cache' : 'by SIGKILL';
    test(`import and reset: ended anywhere ${how}, they have happened or not, WIX_MEDIA_SEED=${chosenSeed()}`, async (t) => {
      const random = new Random(chosenSeed() + Number(loses));
      const [before, after] = [await archive(t, 30, 6000), await archive(t, 45, 5000)];
      const origin = await emptyDirectory(t);
      const first = await createManager({ storage: { directory: origin } });
      await first.import(new Uint8Array(before.bytes));
      await first.close();
      const outcomes = { old: 0, new: 0 };
      for (const { method, path } of [IMPORT, RESET]) {
        const body = method === 'PUT' ? after.bytes : undefined;
        const expected = method === 'PUT' ? after.names : [];
        /** @param {Omit<Parameters<typeof served>[2] & {}, 'env'>['disk'] & {}} disk */
        const run = async (disk) => {
          await cp(origin, disk.root, { recursive: true });
          const server = await served(t, ['--quiet', '--data', disk.root], { disk });
          const response = server.origin && (await fetch(server.origin + path, { method, body }).catch(() => undefined));
          if (response) await response.arrayBuffer().catch(() => {});
          return { server, status: response ? response.status : undefined };
        };
        const report = await emptyDirectory(t);
        const whole = await run({ root: await emptyDirectory(t), report });
        assert.equal(whole.status, 200);
        await whole.server.end('SIGTERM');
        const counts = (await readdir(report)).map(async (name) => Number(await readFile(join(report, name), 'utf8')));
        const calls = Math.max(...(await Promise.all(counts)));
        assert.ok(calls > 20, `${calls} calls`);
        for (let round = 0; round < ROUNDS; round += 1) {
          const [at, seed] = [1 + random.below(calls), 1 + random.below(2 ** 30)];
          const root = await emptyDirectory(t);
          const { server, status } = await run({ root, at, loses, seed });
          await server.end();
          const place = `${method} ${path}, call ${at} of ${calls}, disk of seed ${seed}`;
          const manager = await createManager({ storage: { directory: root } });
          const found = await content(manager).finally(() => manager.close());
          const isNew = JSON.stringify(found) === JSON.stringify(expected);
          if (!isNew) assert.deepEqual(found, before.names, place);
          assert.ok(isNew || status !== 200, `${place}: it was answered, and is not there`);
          outcomes[isNew ? 'new' : 'old'] += 1;
          await checkSwept(t, root, found.filter((name) => !name.endsWith('/')).length, 0);
        }
      }
      t.diagnostic(JSON.stringify(outcomes));
      assert.ok(outcomes.old > 0, 'some came before the end');
    });
  }
});
