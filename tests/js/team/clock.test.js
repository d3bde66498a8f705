// Processes of wix-media-server on machines whose clocks are wrong.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { metricsUntil } from './metrics.js';
import { native, run } from './native.js';
import { team } from './team.js';

const DAY = 86_400_000;
/** The difference that is no fault: how long a call may take on a busy machine. */
const TOLERANCE = 300_000;
const LEAD = 'wix_media_clock_lead_seconds';

/**
 * The environment of a program that sees the time with this difference.
 *
 * @param {number} days
 */
async function shifted(days) {
  const { code, stdout, stderr } = await run(['-f', `${days < 0 ? '' : '+'}${days}d`, 'env'], { FAKETIME_DONT_FAKE_MONOTONIC: '1' }, 'faketime');
  assert.equal(code, 0, stderr);
  const lines = stdout.split('\n').filter((line) => /^(LD_PRELOAD|FAKETIME\w*)=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/**
 * The names of all files below a folder.
 *
 * @param {string} folder
 */
const filesBelow = async (folder) => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((each) => each.isFile()).map(({ name }) => name);
};

suite('wix-media-server: wrong clocks', () => {
  test('processes whose clocks differ by days go by that of the database', async (t) => {
    const { servers, url, directory = '' } = await team(t, { servers: 1 });
    for (const days of [3, -3]) {
      const server = await native(t, directory, ['--database', url, '--admin-port', '0'], await shifted(days));
      const { address } = await server.logged('listening for operators');
      const { [LEAD]: lead } = await metricsUntil(String(address), (values) => LEAD in values);
      assert.ok(Math.abs(lead * 1000 - days * DAY) < TOLERANCE, `${lead}`);
      assert.match(server.text.stdout, days > 0 ? /this machine is 259\d{3} seconds ahead of that/ : /this machine is 259\d{3} seconds behind that/);
      servers.push(server);
    }
    const clients = servers.map(({ origin }) => createClient({ baseUrl: origin }));
    const places = servers.map(({ origin }) => origin);
    const moved = (/** @type {string | null | undefined} */ address, /** @type {string} */ origin) => {
      const { pathname, search } = new URL(present(address));
      return origin + pathname + search;
    };
    let last = 0;
    const recent = (/** @type {Date | null | undefined} */ date) => {
      const time = present(date).getTime();
      assert.ok(Math.abs(time - Date.now()) < TOLERANCE, `${date}`);
      assert.ok(time >= last, 'time goes back');
      last = time;
    };
    for (const { files } of clients) {
      for (const origin of places) {
        const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
        const headers = { 'content-type': 'text/plain' };
        const uploaded = await fetch(moved(uploadUrl, origin), { method: 'PUT', headers, body: 'water' });
        const { file } = /** @type {{ file: { id: string } }} */ (await uploaded.json());
        assert.equal(uploaded.status, 200);
        recent((await files.getFileDescriptor(file.id))._createdDate);
        recent((await files.updateFileDescriptor({ _id: file.id, displayName: 'b.txt' }))._updatedDate);
        const { downloadUrls = [] } = await files.generateFileDownloadUrl(file.id, { expirationInMinutes: 10 });
        assert.equal((await fetch(moved(downloadUrls[0].url, origin))).status, 200);
      }
    }
  });

  test('a sweep by a clock that is ahead keeps bytes that were freed a moment ago', async (t) => {
    const { origin, url, directory = '' } = await team(t, { servers: 1 });
    const { files } = createClient({ baseUrl: origin });
    const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
    const uploaded = await fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'water' });
    const { file } = /** @type {{ file: { id: string } }} */ (await uploaded.json());
    await files.bulkDeleteFiles([file.id], { permanent: true });
    const freed = await filesBelow(directory);
    const ahead = await native(t, directory, ['--database', url, '--admin-port', '0'], await shifted(3));
    const { address } = await ahead.logged('listening for operators');
    const values = await metricsUntil(String(address), (found) => found['wix_media_sweeps_total{outcome="done"}'] > 0);
    assert.equal(values.wix_media_sweep_removed_blobs_total, 0);
    assert.equal(values.wix_media_sweep_unused_blobs, 1);
    assert.deepEqual(await filesBelow(directory), freed);
  });

  test('check tells of a difference', async (t) => {
    const { url, directory = '' } = await team(t, { servers: 1 });
    const { code, stdout } = await run(['check', '--database', url, '--data', directory], await shifted(-1));
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^the clock of this machine is 86\d{3} seconds behind that of the database: set one of them right$/m);
  });
});
