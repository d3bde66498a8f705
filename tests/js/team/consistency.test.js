// Three processes answer as one would, also while they are killed, stopped, or cut off from PostgreSQL.
//
// With WIX_MEDIA_PROOF=whole there are as many commands and crashes as before a release; otherwise a few.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { contentOf, random } from '../crash/model.js';
import { md5, noise } from '../harness/bytes.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { balance } from './balancer.js';
import { requestOf } from './commands.js';
import { follow, followed, record } from './consistency.js';
import { gate } from './gate.js';
import { holding, unlocked } from './mutation.js';
import { ask, native } from './native.js';
import { replay } from './replay.js';
import { team } from './team.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { TestContext } from 'node:test' */
/** @import { Command } from './commands.js' */
/** @import { Entry, History, Load } from './consistency.js' */

const IS_WHOLE = process.env.WIX_MEDIA_PROOF === 'whole';
const CLIENTS = 8;
/** Commands of each client. */
const COMMANDS = IS_WHOLE ? 2000 : 25;
const KILLS = IS_WHOLE ? 200 : 5;
const STOPS = IS_WHOLE ? 50 : 3;
const CUTS = IS_WHOLE ? 200 : 20;
/** How many rounds may pass before a broken rule is noticed. Most often the first one shows it. */
const MAX_ROUNDS = 40;
const SEED = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Date.now() / 86_400_000));

/**
 * A server with the source of imports, and its URL.
 *
 * @param {TestContext} t
 */
async function source(t) {
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(contentOf({ size: 500, seed: 5 })));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => void server.close());
  return `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/source.bin`;
}

/**
 * How many commands of each kind there were, by the status of their answer.
 *
 * @param {History} history
 */
function counted({ entries }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { command, answer } of entries) {
    const key = `${command.what}${command.cursor ? ' on' : ''} ${answer?.status ?? 'unknown'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key}: ${count}`).sort().join(', ');
}

/**
 * Records a load and replays it. Without faults, or for as long as `faults` makes some.
 *
 * @param {TestContext} t
 * @param {string} origin
 * @param {Partial<Load>} [load]
 * @param {(isOver: () => boolean) => Promise<void>} [faults]
 */
async function proven(t, origin, load, faults) {
  t.diagnostic(`WIX_MEDIA_SEED=${SEED}`);
  let [isCalm, isOver] = [!faults, false];
  const faulting = faults?.(() => isOver).finally(() => (isCalm = true));
  const history = await record(origin, { clients: CLIENTS, commands: faults ? 1 : COMMANDS, seed: SEED, ...load, goesOn: () => !isCalm });
  isOver = true;
  await faulting;
  const unanswered = history.entries.filter(({ answer }) => !answer).length;
  t.diagnostic(`${history.entries.length} commands, ${unanswered} without an answer, ${history.last} events`);
  t.diagnostic(counted(history));
  const { returns } = await replay(history);
  t.diagnostic(`${returns} wrong choices`);
  return history;
}

/**
 * A gate that cuts connections: before a commit, after it, or in the middle of anything.
 *
 * @param {TestContext} t
 * @param {string} url Of the database.
 */
async function cutting(t, url) {
  const dice = random(SEED);
  let isOpen = false;
  let cuts = 0;
  const through = await gate(t, url, ({ near, far, cut: end }) => {
    let swallows = false;
    const cut = () => {
      cuts += 1;
      end();
    };
    return {
      asked: (data) => {
        if (!isOpen) return far.write(data);
        const isCommit = data.includes('COMMIT');
        const way = isCommit ? dice.below(12) : dice.below(400);
        if (way === 0) return cut();
        // PostgreSQL gets it, and nobody hears how it went.
        if (isCommit && way === 1) swallows = true;
        far.write(data);
      },
      answered: (data) => (swallows ? cut() : near.write(data)),
    };
  });
  return {
    url: through,
    /** Cuts connections from now on, or no more. */
    cutting: (/** @type {boolean} */ does) => (isOpen = does),
    cuts: () => cuts,
  };
}

/**
 * Waits until so many more requests have reached a balancer.
 *
 * @param {Map<string, number>} counts
 * @param {number} more
 * @param {() => boolean} isOver
 */
async function requests(counts, more, isOver) {
  const sum = () => [...counts.values()].reduce((one, other) => one + other, 0);
  const goal = sum() + more;
  while (sum() < goal && !isOver()) await setTimeout(5);
}

/**
 * Lets clients send commands until each check has failed.
 *
 * @param {TestContext} t
 * @param {string} origin
 * @param {...((history: History) => Promise<unknown>)} checks
 */
async function caught(t, origin, ...checks) {
  /** @type {Entry[]} */
  const entries = [];
  const open = new Set(checks);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const more = await record(origin, { clients: CLIENTS, commands: 15, seed: SEED + round, folders: 3, files: 0 });
    entries.push(...more.entries);
    for (const check of open) {
      await check({ ...more, entries }).catch((error) => {
        t.diagnostic(`after ${entries.length} commands: ${error.message.split('\n')[0].slice(0, 200)}`);
        open.delete(check);
      });
    }
    if (open.size === 0) return;
  }
  assert.fail(`${entries.length} commands, and nothing was found`);
}

/**
 * Replays a history in which something is changed.
 *
 * @param {History} history
 * @param {(history: History) => void} change
 */
function replayChanged(history, change) {
  const copy = structuredClone(history);
  change(copy);
  return replay(copy);
}

/**
 * Commands that are sent one after another, and their history.
 *
 * @param {string} origin
 */
function sequence(origin) {
  /** @type {Entry[]} */
  const entries = [];
  let last = 0;
  return {
    entries,
    done: async (/** @type {Command} */ command) => {
      const [method, path, body] = requestOf(command, (id) => id);
      const answer = await ask(origin, method, path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      const after = last;
      last = Number(JSON.parse((await ask(origin, 'GET', '/_wix-media/events?after=999999')).text).lastEvent);
      entries.push({ command, answer, after, until: last });
      return JSON.parse(answer.text);
    },
  };
}

suite('wix-media-server: a team', () => {
  test('answers can be put into one order, which is that of the events, and every follower sees each event once', async (t) => {
    const { origin, origins, counts } = await team(t, { args: ['--allow-private-imports'] });
    const followers = origins.map((_, at) => follow(t, () => origins[at]));
    const history = await proven(t, origin, { source: await source(t), origins });
    assert.ok(history.last > COMMANDS, `${history.last} events`);
    await followed(followers, history);
    for (const each of origins) assert.ok((counts.get(each) ?? 0) > COMMANDS, 'each of them had its part');
  });

  test('servers that are killed lose nothing that was acknowledged, and leave nothing half done', async (t) => {
    const { origin, origins, servers, counts, start } = await team(t);
    const dice = random(SEED);
    const { files, uploads } = createClient({ baseUrl: origin });
    const followers = origins.map((_, at) => follow(t, () => origins[at]));
    /** @type {{ id: string, hash: string }[]} */
    const uploaded = [];
    const history = await proven(t, origin, {}, async (isOver) => {
      let hasEnded = false;
      const uploading = (async () => {
        for (let number = 1; !hasEnded; number += 1) {
          const bytes = noise(1 + dice.below(300_000), number);
          // It may fail with its server.
          const file = await uploads.upload(bytes, { displayName: `large ${number}.bin` }).catch(() => undefined);
          if (file) uploaded.push({ id: present(file._id), hash: md5(bytes) });
        }
      })();
      for (let kill = 0; kill < KILLS; kill += 1) {
        await requests(counts, 5 + dice.below(20), isOver);
        const at = dice.below(servers.length);
        await servers[at].end('SIGKILL');
        servers[at] = await start();
        origins[at] = servers[at].origin;
      }
      hasEnded = true;
      await uploading;
    });
    await followed(followers, history);
    assert.ok(followers.some(({ streams }) => streams() > 1), 'a follower loses its server');
    assert.ok(uploaded.length > 0);
    for (const { id, hash } of uploaded) {
      const file = await files.getFileDescriptor(id);
      assert.equal(file.hash, hash);
      assert.equal(md5(new Uint8Array(await (await fetch(present(file.url))).arrayBuffer())), hash);
    }
    const check = await ask(origin, 'GET', '/_wix-media/check');
    assert.equal(JSON.parse(check.text).isWhole, true, check.text);
  });

  test('a server that stands still keeps the others from nothing for longer than its lock may last', async (t) => {
    const { origin, servers, counts, open } = await team(t);
    const dice = random(SEED);
    await proven(t, origin, {}, async (isOver) => {
      for (let stop = 0; stop < STOPS; stop += 1) {
        await requests(counts, 5 + dice.below(20), isOver);
        const server = servers[dice.below(servers.length)];
        const { child } = server;
        child.kill('SIGSTOP');
        // Once every client waits for this server, no further request comes.
        await requests(counts, CLIENTS - 2, () => isOver() || (open.get(server.origin) ?? 0) >= CLIENTS);
        child.kill('SIGCONT');
      }
    });
  });

  test('a connection to PostgreSQL that is cut before, in or after a commit makes no wrong answer', async (t) => {
    /** @type {Awaited<ReturnType<typeof cutting>> | undefined} */
    let gate;
    const { origin } = await team(t, {
      through: async ({ url }) => {
        gate = await cutting(t, url);
        return gate.url;
      },
    });
    const { cutting: cut, cuts } = present(gate);
    await proven(t, origin, {}, async (isOver) => {
      cut(true);
      while (cuts() < CUTS && !isOver()) await setTimeout(5);
      cut(false);
    });
    assert.ok(cuts() >= CUTS);
  });
});

suite('the proof of consistency', () => {
  test('finds servers that share nothing, answers that nobody gave, and events that are lost', async (t) => {
    const alone = await Promise.all([0, 1, 2].map(async () => (await native(t, await temporaryFolder(t))).origin));
    const { origin } = await balance(t, alone);
    await assert.rejects(async () => replay(await record(origin, { clients: CLIENTS, commands: 10, seed: SEED, files: 0 })));

    const one = (await native(t, await temporaryFolder(t))).origin;
    const told = await record(one, { clients: CLIENTS, commands: 25, seed: SEED });
    await replay(told);
    const changed = (/** @type {(history: History) => void} */ change) => replayChanged(told, change);
    const late = told.entries.findLastIndex(({ command, answer }) => command.what === 'updateFolder' && answer?.status === 200);
    await assert.rejects(changed(({ entries }) => Object.assign(present(entries[late].answer), { status: 404, text: '{}' })), /no command explains/);
    await assert.rejects(changed(({ entries }) => void entries.splice(late, 1)), /no command explains/);
    await assert.rejects(changed(({ events }) => void events.splice(10, 1)), /no gaps/);
    await assert.rejects(changed(({ events }) => {
      const bodies = events.map(({ body }) => body);
      bodies.push(...bodies.splice(0, 1));
      events.forEach((event, at) => (event.body = bodies[at]));
    }));
    const refused = told.entries.find(({ answer }) => answer?.status === 400 || answer?.status === 404);
    await assert.rejects(changed(({ entries }) => Object.assign(present(entries[told.entries.indexOf(present(refused))].answer), { status: 409 })), /no order of the commands explains/);
  });

  test('finds wrong URLs, wrong bytes behind them, and imports that nobody asked for', async (t) => {
    const { origin } = await native(t, await temporaryFolder(t), ['--allow-private-imports']);
    /** @type {Command[]} */
    const script = [
      { what: 'openUpload', size: 900, seed: 3 },
      { what: 'bulkImportFiles' },
      { what: 'bulkImportFiles', isSpoilt: true },
      { what: 'openTransfer', size: 900, seed: 4 },
      { what: 'openDownload' },
      { what: 'openArchive' },
    ];
    let turn = 0;
    const choose = (/** @type {unknown} */ _, /** @type {{ files: string[] }} */ { files }, /** @type {string} */ name, /** @type {{ source: string }} */ load) =>
      ({ ...script[turn++], name, ids: files.slice(0, 1), source: load.source });
    const told = await record(origin, { clients: 1, commands: script.length, seed: SEED, source: await source(t), choose });
    await replay(told);
    const answers = told.entries.map(({ command, answer }) => `${command.what} ${answer?.status}`);
    assert.deepEqual(answers, ['openUpload 200', 'upload 200', 'bulkImportFiles 200', 'bulkImportFiles 400', 'openTransfer 200', 'upload 200', 'openDownload 200', 'download 200', 'openArchive 200', 'archive 200']);
    /**
     * @param {string} entry
     * @param {(entry: Entry) => object} change What of it is another.
     */
    const found = (entry, change) => {
      const at = answers.indexOf(entry);
      const changed = replayChanged(told, ({ entries }) => void Object.assign(entries[at], change(entries[at])));
      return assert.rejects(changed, /no (order of the commands|command) explains/, entry);
    };
    const text = (/** @type {object} */ body) => () => ({ answer: { status: 200, text: JSON.stringify(body) } });
    await found('openUpload 200', text({ uploadUrl: `${origin}/elsewhere/token` }));
    await found('openTransfer 200', text({ uploadUrl: `${origin}/upload/tus` }));
    await found('openDownload 200', text({ downloadUrls: [{ url: `${origin}/download-files/a`, assetKey: 'poster' }] }));
    await found('openArchive 200', text({ downloadUrl: `${origin}/media/a.zip` }));
    await found('download 200', text({ download: md5(noise(900, 3)) }));
    await found('archive 200', text({ archive: 1 }));
    // One of two was imported although the other was invalid, and one was imported that nobody asked for.
    await found('bulkImportFiles 200', ({ command }) => ({ command: { ...command, isSpoilt: true } }));
    await found('bulkImportFiles 200', ({ command }) => ({ command: { ...command, name: 'other' } }));
    await found('bulkImportFiles 400', () => ({ answer: told.entries[answers.indexOf('bulkImportFiles 200')].answer }));
  });

  test('tells the deletion of a folder from that of its child just before', async (t) => {
    const { origin } = await native(t, await temporaryFolder(t));
    const { entries, done } = sequence(origin);
    const parent = (await done({ what: 'createFolder', name: 'parent' })).folder.id;
    const child = (await done({ what: 'createFolder', name: 'child', parent })).folder.id;
    await done({ what: 'trashFolders', ids: [parent] });
    await done({ what: 'trashFolders', ids: [child] });
    await done({ what: 'eraseFolders', ids: [parent] });
    const { events } = JSON.parse((await ask(origin, 'GET', '/_wix-media/events?after=0')).text);
    // As if both had been sent at the same time.
    const [tree, alone] = entries.splice(2, 2);
    entries.push({ ...alone, after: tree.after }, tree);
    await replay({ entries, events, last: events.length });
  });

  test('goes back to a choice that was wrong', async (t) => {
    const { origin } = await native(t, await temporaryFolder(t));
    const { entries, done } = sequence(origin);
    const one = (await done({ what: 'createFolder', name: 'one' })).folder.id;
    const other = (await done({ what: 'createFolder', name: 'other' })).folder.id;
    await done({ what: 'trashFolders', ids: [one] });
    await done({ what: 'trashFolders', ids: [other] });
    await done({ what: 'restoreFolders', ids: [one, other] });
    await done({ what: 'trashFolders', ids: [one, other] });
    const { events } = JSON.parse((await ask(origin, 'GET', '/_wix-media/events?after=0')).text);
    // As if both were deleted in the same millisecond, and together by a command that in truth took effect after the restoration.
    events[3].body.eventTime = events[2].body.eventTime;
    present(entries.at(-1)).after = 2;
    assert.deepEqual(await replay({ entries, events, last: events.length }), { returns: 1 });
  });

  test('finds writers that take no turns', async (t) => {
    const { origin } = await team(t, { through: (database) => unlocked(t, database, 'counter') });
    await caught(t, origin, replay);
  });

  test('finds events that become visible out of order', async (t) => {
    const { origin, origins } = await team(t, { through: (database) => unlocked(t, database, 'sequence') });
    const followers = origins.map((each) => follow(t, () => each));
    await caught(t, origin, (history) => followed(followers, history));
  });

  test('finds nothing in the same load with turns, however long a commit takes', async (t) => {
    const { origin } = await team(t, { through: ({ url }) => holding(t, url) });
    await proven(t, origin);
  });
});
