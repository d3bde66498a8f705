// Three processes on a PostgreSQL whose primary is killed, and another one takes its place.
//
// With WIX_MEDIA_PROOF=whole it is killed as often as before a release; otherwise once.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { random } from '../crash/model.js';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { follow, followed, record } from './consistency.js';
import { gate } from './gate.js';
import { ask } from './native.js';
import { patroni } from './patroni.js';
import { postgres, signal } from './postgres.js';
import { readiness } from './readiness.js';
import { replay } from './replay.js';
import { team } from './team.js';

const FAILOVERS = process.env.WIX_MEDIA_PROOF === 'whole' ? 5 : 1;
/** How many files are uploaded before the primary is killed. */
const UPLOADS = 5;
const SEED = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Date.now() / 86_400_000));

/**
 * Uploads one file after the other, and keeps a ledger of those that were acknowledged.
 *
 * @param {string} origin
 */
function uploading(origin) {
  const { uploads } = createClient({ baseUrl: origin, retry: false });
  const dice = random(SEED);
  /** @type {{ id: string, hash: string, sent: number, answered: number }[]} */
  const ledger = [];
  /** @type {Set<number | undefined>} */
  const refusals = new Set();
  let hasEnded = false;
  const loop = (async () => {
    for (let number = 1; !hasEnded; number += 1) {
      const [bytes, sent] = [noise(1 + dice.below(300_000), number), performance.now()];
      const sending = uploads.upload(bytes, { displayName: `large ${number}.bin` });
      const file = await sending.catch((error) => void refusals.add(error.status));
      if (file) ledger.push({ id: present(file._id), hash: md5(bytes), sent, answered: performance.now() });
      else await setTimeout(50);
    }
  })();
  return {
    ledger,
    /** The statuses of uploads that failed. */
    refusals,
    /** Waits for an upload that begins now or later. */
    next: () => {
      const [now, before] = [performance.now(), ledger.length];
      const waiting = async () => {
        while (!ledger.slice(before).some(({ sent }) => sent >= now)) await setTimeout(20);
      };
      return withinTime('an upload', waiting());
    },
    end: () => {
      hasEnded = true;
      return loop;
    },
  };
}

/**
 * The longest time between two uploads that succeeded, in seconds.
 *
 * @param {{ answered: number }[]} ledger
 */
const longestPause = (ledger) => Math.max(...ledger.slice(1).map(({ answered }, at) => answered - ledger[at].answered)) / 1000;

const FOLDERS = '/site-media/v1/folders';

/** @param {string} origin */
const create = (origin) => ask(origin, 'POST', FOLDERS, { headers: { 'content-type': 'application/json' }, body: '{"displayName":"A"}' });

/** @param {Awaited<ReturnType<typeof ask>>} answer */
function assertUnavailable({ status, headers, text }) {
  assert.equal(status, 503, text);
  assert.ok(Number(headers['retry-after']) >= 1);
  assert.equal(JSON.parse(text).details.applicationError.code, 'UNAVAILABLE');
}

/**
 * Waits until a request is answered by 200.
 *
 * @param {string} what
 * @param {() => ReturnType<typeof ask>} request
 */
function succeeds(what, request) {
  const waiting = async () => {
    while ((await request()).status !== 200) await setTimeout(50);
  };
  return withinTime(what, waiting());
}

suite('wix-media-server: failover of PostgreSQL', () => {
  test('a standby takes over when the primary is killed, and everything that was acknowledged is there', async (t) => {
    t.diagnostic(`WIX_MEDIA_SEED=${SEED}`);
    const database = await patroni(t);
    const { origin, origins } = await team(t, { database });
    const followers = origins.map((each) => follow(t, () => each));
    const files = uploading(origin);
    let isOver = false;
    const failingOver = (async () => {
      for (let turn = 0; turn < FAILOVERS; turn += 1) {
        for (let upload = 0; upload < UPLOADS; upload += 1) await files.next();
        const primary = present((await database.complete()).find(({ role }) => role === 'leader')).name;
        await database.kill(primary);
        await files.next();
        await database.until('another primary', (all) => all.some(({ role, name }) => role === 'leader' && name !== primary));
        await database.revive(primary);
        await database.complete();
      }
      await files.end();
    })().finally(() => (isOver = true));
    const history = await record(origin, { clients: 6, commands: 20, seed: SEED, files: 0, goesOn: () => !isOver });
    await failingOver;
    const unanswered = history.entries.filter(({ answer }) => !answer).length;
    t.diagnostic(`${history.entries.length} commands, ${unanswered} without an answer, ${history.last} events, ${files.ledger.length} files`);
    t.diagnostic(`longest time without an upload: ${longestPause(files.ledger).toFixed(1)} s with ${FAILOVERS} failovers`);
    await replay(history);
    await followed(followers, history);

    // 403: an upload whose address did not reach the standby in time, because nobody waits for that.
    for (const status of files.refusals) assert.ok(status === 503 || status === 403, `a change that cannot be made is refused for the moment: ${status}`);
    assert.ok(files.refusals.has(503), 'the failover was noticed');
    const client = createClient({ baseUrl: origin });
    for (const { id, hash } of files.ledger) assert.equal((await client.files.getFileDescriptor(id)).hash, hash);
    const check = await ask(origin, 'GET', '/_wix-media/check');
    assert.equal(JSON.parse(check.text).isWhole, true, check.text);
  });

  test('an address that leads to a standby is answered by 503, and its connections are not kept', async (t) => {
    const database = await postgres(t);
    let target = '';
    /** @type {(() => void)[]} */
    const cuts = [];
    /** @param {{ url: string }} database */
    const through = async ({ url }) => {
      target = url;
      return await gate(t, () => target, ({ near, far, cut }) => {
        cuts.push(cut);
        return { asked: (data) => far.write(data), answered: (data) => near.write(data) };
      });
    };
    const { origins, url } = await team(t, { servers: 1, database, through });
    const [origin] = origins;
    assert.equal((await create(origin)).status, 200);
    const standby = await postgres(t, { primary: database.port });
    await standby.start();
    target = standby.url(new URL(url).pathname.slice(1));
    for (const cut of cuts) cut();
    // The standby has the rows, but may have older ones.
    for (const answer of [await ask(origin, 'GET', FOLDERS), await create(origin)]) assertUnavailable(answer);
    await readiness(origin, 503, 'database unavailable');
    // The address leads to the primary again, and the standby goes on.
    target = url;
    await succeeds('a change', () => create(origin));
    await succeeds('the probe', () => ask(origin, 'GET', '/readyz'));
  });

  test('a primary that is stopped holds up no call for ever, and the server recovers by itself', async (t) => {
    const database = await postgres(t);
    const { origins } = await team(t, { servers: 1, database });
    const [origin] = origins;
    assert.equal((await create(origin)).status, 200);
    const pids = await database.processes();
    signal(pids, 'SIGSTOP');
    try {
      const [created, listed, probe] = await Promise.all([create(origin), ask(origin, 'GET', FOLDERS), ask(origin, 'GET', '/readyz')]);
      for (const answer of [created, listed]) assertUnavailable(answer);
      assert.equal(probe.status, 503, probe.text);
    } finally {
      signal(pids, 'SIGCONT');
    }
    await succeeds('a change', () => create(origin));
    await succeeds('the probe', () => ask(origin, 'GET', '/readyz'));
  });

  test('a commit that no standby has is not acknowledged when its connection ends', async (t) => {
    const database = await postgres(t);
    const { origin, query } = await team(t, { servers: 1, database });
    const standby = async (/** @type {string} */ name) => {
      await query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
      await query('SELECT pg_reload_conf()');
    };
    let isAnswered = false;
    /** Waits for another commit that waits for a standby, unless the answer comes before. */
    const waiting = async (/** @type {string} */ except) => {
      while (!isAnswered) {
        const id = await query(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid <> ${except} LIMIT 1`);
        if (id) return id;
        await setTimeout(20);
      }
      return '';
    };
    await standby('absent');
    const headers = { 'content-type': 'application/json' };
    /** @param {number} turn */
    const change = (turn) => {
      isAnswered = false;
      const sent = ask(origin, 'POST', '/site-media/v1/folders', { headers, body: `{"displayName":"${turn}"}` });
      return sent.finally(() => (isAnswered = true));
    };
    let turn = 0;
    let answered = change(turn);
    let first = await withinTime('a commit that waits, or an answer', waiting('0'));
    // A backend learns of the setting when it pleases.
    while (!first) {
      assert.equal((await answered).status, 200);
      turn += 1;
      answered = change(turn);
      first = await withinTime('a commit that waits, or an answer', waiting('0'));
    }
    await query(`SELECT pg_terminate_backend(${first}, 60000)`);
    // The server looks for the commit, which the database has, and must not believe it.
    await withinTime('a second look', waiting(first));
    if (isAnswered) assert.equal((await answered).status, 503, 'no standby has it');
    await standby('');
    const { status, text } = await answered;
    const { folders } = JSON.parse((await ask(origin, 'GET', '/site-media/v1/folders')).text);
    const names = folders.filter((/** @type {any} */ { displayName }) => displayName === `${turn}`);
    // A look that took too long leaves it open.
    if (status === 200) assert.equal(names.length, 1);
    else assert.deepEqual([status, names.length <= 1], [503, true], text);
  });
});
