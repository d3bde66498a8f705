// Whether a team answers as one process would: clients send random changes to the same files and folders, and what they were answered is
// replayed on a manager in memory. commands.js has the commands.
//
// A change that was made has events, and their numbers say when it was made. The replay makes the changes in the order of the numbers,
// and each must have the events and the answer that it had. A command without events (a read, a refusal, a change of nothing) must have its
// answer in some state between the numbers that were the last ones when it began and when it ended. So the order of all commands is
// that of real time, too: one that began after another had ended comes after it.
//
// If a command has no answer, because its server was killed or could not reach the database, it may have been done or not, and until the end.
// An import takes effect when its source has been fetched.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { contentOf, random } from '../crash/model.js';
import { withinTime } from '../harness/limit.js';
import { present } from '../harness/present.js';
import { createTestManager } from '../harness/testing.js';
import { asked, chosen, essence, essences, fetchAfter, fetched, fileName, fits, isDeferred, isFetch, isFixed, isForeign, isIdle, isRead, nextPage, prepares, requestOf, urlOf } from './commands.js';
import { ask } from './native.js';
import { overtaken, sendInPieces } from './transfer.js';

/** @import { Closing } from '../harness/types.d.ts' */
/** @import { Command, Known, RecordedEvent, Reply } from './commands.js' */
/** @typedef {{ command: Command, answer: Reply | null, after: number, until: number }} Entry The numbers of the last events around it. */
/** @typedef {{ entries: Entry[], events: RecordedEvent[], last: number }} History */
/** @typedef {(method: string, path: string, body?: object) => Promise<Reply>} Send */

/**
 * What clients do: at least so many commands each, and more for as long as it goes on.
 *
 * @typedef {object} Load
 * @property {number} clients
 * @property {number} commands
 * @property {number} seed
 * @property {number} [folders] How many there are to fight for.
 * @property {number} [files] How many there are to fight for.
 * @property {string} [source] The URL of imports. None without it.
 * @property {string[]} [origins] Processes of which one overtakes uploads of another. None is overtaken without them.
 * @property {() => boolean} [goesOn]
 * @property {typeof chosen} [choose] What a client does next.
 */

/**
 * How often a request that must have an answer is repeated. Long enough for a standby to take over, and for another server to take over an
 * import two minutes after its own was killed.
 */
const MAX_TRIES = 12_000;

/**
 * The number of the last event.
 *
 * @param {Send} send
 */
async function lastEvent(send) {
  const { status, text } = await send('GET', '/_wix-media/events?after=999999999999999');
  assert.equal(status, 200, text);
  return Number(JSON.parse(text).lastEvent);
}

/**
 * All events after a number.
 *
 * @param {Send} send
 * @param {number} after
 */
async function eventsAfter(send, after) {
  /** @type {RecordedEvent[]} */
  const events = [];
  for (;;) {
    const { status, text } = await send('GET', `/_wix-media/events?after=${events.at(-1)?.number ?? after}&limit=1000`);
    assert.equal(status, 200, text);
    const page = JSON.parse(text).events;
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/**
 * All events. A database may finish a change whose server was killed, so there may be more than a moment ago.
 *
 * @param {Send} send
 */
async function allEvents(send) {
  const least = await patiently(() => lastEvent(send));
  const events = await patiently(() => eventsAfter(send, 0));
  const last = events.at(-1)?.number ?? 0;
  assert.ok(last >= least, `the last event is ${least}, and ${last} is the last one in the list`);
  return { events, last };
}

/**
 * Follows the events from the first one on, as a browser does: after the end of a stream it asks for those behind the last one it has seen.
 *
 * @param {Closing} closing
 * @param {() => string} originOf The server, which may be another one each time.
 */
export function follow(closing, originOf) {
  /** @type {number[]} */
  const numbers = [];
  let wake = () => {};
  let hasEnded = false;
  let streams = 0;
  /** @type {import('node:http').ClientRequest} */
  let request;
  function connect() {
    if (hasEnded) return;
    streams += 1;
    const headers = { accept: 'text/event-stream', 'last-event-id': String(numbers.at(-1) ?? 0) };
    request = httpRequest(`${originOf()}/_wix-media/events`, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        const messages = text.split('\n\n');
        text = present(messages.pop());
        for (const message of messages) if (message.includes('\ndata: ')) numbers.push(Number(/^id: (\d+)$/m.exec(message)?.[1]));
        wake();
      });
      response.on('error', () => {});
    });
    request.on('error', () => {}).on('close', () => setTimeout(50).then(connect));
    request.end();
  }
  connect();
  closing.after(() => {
    hasEnded = true;
    request.destroy();
  });
  return {
    /** How many streams it has had. */
    streams: () => streams,
    /** @param {number} last */
    async until(last) {
      while ((numbers.at(-1) ?? 0) < last) await new Promise((resolve) => (wake = () => resolve(undefined)));
      return numbers;
    },
  };
}

/**
 * Fails if followers have not seen each event once and in order.
 *
 * @param {ReturnType<typeof follow>[]} followers
 * @param {Pick<History, 'events' | 'last'>} history
 */
export async function followed(followers, { events, last }) {
  for (const follower of followers) {
    const numbers = await withinTime('the last event', follower.until(last));
    assert.deepEqual(numbers.filter((number) => number <= last), events.map(({ number }) => number), 'a follower sees each event once and in order');
  }
}

/**
 * The answer to a request, or none.
 *
 * @param {Promise<Reply>} sent
 */
async function answered(sent) {
  const answer = await sent.catch(() => null);
  // The balancer found no server, or the server found no database. A change may have been made.
  return answer && [502, 503].includes(answer.status) ? null : answer;
}

/**
 * Repeats a read until it is answered.
 *
 * @template Value
 * @param {() => Promise<Value>} read
 */
async function patiently(read) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      await setTimeout(50);
    }
  }
}

/**
 * Lets clients send commands, each at its own pace, and writes down what happened.
 *
 * @param {string} origin
 * @param {Load} load
 * @returns {Promise<History>}
 */
export async function record(origin, { clients, commands, seed, folders = 24, files = 24, source = '', origins = [], goesOn = () => false, choose = chosen }) {
  /** @type {Send} */
  const send = (method, path, body) => ask(origin, method, path, body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  /** @type {Known} */
  const known = { folders: [], files: [] };
  /** @type {Entry[]} */
  const entries = [];
  /** @type {Promise<void>[]} */
  const imports = [];

  /**
   * Writes a command down, with what it was answered.
   *
   * @param {Command} command
   * @param {() => Promise<Reply>} request
   */
  async function done(command, request = () => send(...requestOf(command, (id) => id))) {
    const after = await patiently(() => lastEvent(send));
    const answer = await answered(request());
    const isOpen = !answer || (isDeferred(command) && answer.status === 200);
    const until = isOpen ? Infinity : await patiently(() => lastEvent(send));
    entries.push({ command, answer, after, until });
    return answer;
  }

  /**
   * Uploads a file for which there is a URL.
   *
   * @param {Command} command
   * @param {Reply} answer The URL.
   * @param {ReturnType<typeof random>} dice
   */
  async function upload({ what, name, size, seed: content }, answer, dice) {
    const { uploadUrl, uploadToken = '' } = JSON.parse(answer.text);
    const path = new URL(uploadUrl).pathname;
    /** @type {Command} */
    const made = { what: 'upload', name, size, seed: content };
    const bytes = contentOf(made);
    let request = () => ask(origin, 'PUT', `${path}?filename=${fileName(made)}`, { headers: { 'content-type': 'application/octet-stream' }, body: bytes });
    if (what === 'openTransfer') {
      const sent = origins.length > 1 && dice.below(3) === 0 ? overtaken(origins, path, uploadToken, bytes) : sendInPieces(origin, path, uploadToken, bytes, dice.below);
      if (!(await sent)) return;
      request = () => ask(origin, 'PUT', `${path}/${uploadToken}`);
    }
    const ended = await done(made, request);
    if (ended?.status === 200) known.files.push(JSON.parse(ended.text).file.id);
  }

  /**
   * Reads what is at a URL for downloads.
   *
   * @param {Command} command
   * @param {Reply} answer The URL.
   */
  async function download(command, answer) {
    const { pathname, search } = new URL(urlOf(answer));
    await done(command, async () => {
      const response = await fetch(`${origin}${pathname}${search}`);
      return fetched(command, response.status, new Uint8Array(await response.arrayBuffer()));
    });
  }

  /**
   * Waits for the end of an import.
   *
   * @param {string} id
   */
  async function imported(id) {
    const { status } = await patiently(async () => {
      const reply = await send('GET', `/site-media/v1/files/get-file-by-id?fileId=${id}`);
      assert.ok(reply.status !== 200 || JSON.parse(reply.text).file.operationStatus !== 'PENDING', `${id} is pending`);
      assert.ok(reply.status < 500, reply.text);
      return reply;
    });
    if (status === 200) known.files.push(id);
  }

  const client = async (/** @type {number} */ number) => {
    const dice = random(seed * 1000 + number);
    for (let turn = 0; turn < commands || goesOn(); turn += 1) {
      /** @type {Command | undefined} */
      let command = choose(dice, known, `${seed}.${number}.${turn}`, { folders, files, source });
      const answer = await done(command);
      if (command.what === 'createFolder' && answer?.status === 200) known.folders.push(JSON.parse(answer.text).folder.id);
      if (prepares(command) && answer?.status === 200) {
        const fetching = fetchAfter(command);
        await (fetching ? download(fetching, answer) : upload(command, answer, dice));
      }
      if (isDeferred(command) && answer?.status === 200) {
        const { file, files: made, results } = JSON.parse(answer.text);
        imports.push(imported((file ?? made?.[0] ?? results[0].item).id));
      }
      // Nobody can do anything with it any more.
      if (command.what.startsWith('erase')) {
        const ids = command.what === 'eraseFiles' ? known.files : known.folders;
        for (const id of command.ids ?? []) if (ids.length > 4 && ids.includes(id)) ids.splice(ids.indexOf(id), 1);
      }
      let page = answer;
      while (page && (command = nextPage(command, page))) page = await done(command);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  await Promise.all(imports);
  return { entries, ...(await allEvents(send)) };
}

/**
 * Replays a history. Fails if no order of its commands explains it.
 *
 * @param {History} history
 */
export async function replay({ entries, events, last }) {
  events.forEach(({ number }, at) => assert.equal(number, at + 1, 'the numbers of events have no gaps and no duplicates'));
  assert.equal(events.length, last);
  const manager = await createTestManager({ allowPrivateImports: true });
  try {
    /** @type {Send} */
    const send = async (method, path, body) => {
      const response = await manager.fetch(`http://media.test${path}`, { method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
      return { status: response.status, text: await response.text() };
    };
    /** @type {Map<string, string>} */
    const names = new Map();
    // An id that the manager does not know yet is unknown to it, as it was to the team then.
    const inside = (/** @type {string} */ id) => names.get(id) ?? id;
    let saved = await manager.snapshot();

    /** @type {Map<string, string[]>} The URLs of uploads and downloads, by the name of the command: more than one where it matters when it was made. */
    const urls = new Map();

    /**
     * Runs a command in the present state, and takes back what it has changed.
     *
     * @param {Entry} entry
     */
    async function attempt({ command, answer: theirs }) {
      const before = await lastEvent(send);
      /** @type {Reply} */
      let answer;
      const [url, ...others] = urls.get(command.name ?? '') ?? [];
      if (command.what === 'upload' || isFetch(command)) {
        // Without one, the command that asked for it has no place.
        if (!url) return { answer: { status: 404, text: '{}' }, caused: [], undo: async () => {} };
        const upload = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: contentOf(command) };
        const got = async (/** @type {string} */ from) => {
          const response = await manager.fetch(from);
          return fetched(command, response.status, new Uint8Array(await response.arrayBuffer()));
        };
        if (isFetch(command)) {
          answer = await got(url);
          for (const other of others) if (answer.text !== theirs?.text) answer = await got(other);
        } else {
          const response = await manager.fetch(`${url}?filename=${fileName(command)}`, upload);
          answer = { status: response.status, text: await response.text() };
        }
      } else answer = await asked(send, command, inside);
      let caused = isRead(command) || answer.status !== 200 ? [] : await eventsAfter(send, before);
      while (isDeferred(command) && answer.status === 200 && caused.length === 0) {
        await setTimeout(1);
        caused = await eventsAfter(send, before);
      }
      const undo = async () => {
        if (caused.length > 0) await manager.rollback(saved);
      };
      return { answer, caused, undo };
    }

    /**
     * Keeps the URL of an upload or a download. A transfer is uploaded in one piece here.
     *
     * @param {Command} command
     */
    async function keepUrl(command) {
      const answer = await asked(send, command.what === 'openTransfer' ? { ...command, what: 'openUpload' } : command, inside);
      const name = present(command.name);
      urls.set(name, [...(urls.get(name) ?? []), urlOf(answer)]);
      saved = await manager.snapshot();
    }

    /** @type {Set<Entry>} What has no place yet. */
    const open = new Set();
    /** @type {Set<Entry>} Those of them that may have changed nothing. */
    const idle = new Set();
    /** @type {Set<Entry>} Those of them that have a place, and may have had it later. */
    const placed = new Set();
    const byStart = [...entries].sort((one, other) => one.after - other.after);
    let begun = 0;
    let state = 0;

    /** Looks for commands that could have had their answer in this state. */
    async function observe() {
      while (begun < byStart.length && byStart[begun].after <= state) open.add(byStart[begun++]);
      for (const entry of [...open]) {
        const { command, answer } = entry;
        if (!answer) {
          idle.add(entry);
          continue;
        }
        if (entry.until < state) {
          open.delete(entry);
          if (!idle.has(entry) && !placed.has(entry)) assert.fail(`no order of the commands explains ${JSON.stringify(entry)}`);
          continue;
        }
        if (idle.has(entry) || (answer.status === 200 && !isRead(command) && !isIdle(command))) continue;
        const found = await attempt(entry);
        await found.undo();
        if (found.caused.length > 0 || essence(command, found.answer, (id) => id) !== essence(command, answer, inside)) continue;
        if (prepares(command) && answer.status === 200) {
          await keepUrl(command);
          if (isFixed(command) && state < entry.until) {
            placed.add(entry);
            continue;
          }
        }
        // A read or a refusal has its place now. A change may still be one that was made.
        if (answer.status === 200 && isIdle(command)) idle.add(entry);
        else open.delete(entry);
      }
    }

    /** Makes the change whose events come next. */
    async function advance() {
      const [next] = events.slice(state);
      const { entityId } = next.body;
      const isKnown = names.has(entityId);
      /** @param {Entry} entry */
      const mayBe = ({ command, answer, until }) => (!answer || answer.status === 200) && until > state && fits(command, next, isKnown);
      // Events of one change have one time. That decides between the deletion of a folder and one of its child just before, whose events
      // are the same, and whose trees are not. If several would do, the others can follow it without changing anything.
      const own = events.slice(state).findIndex(({ body }) => body.eventTime !== next.body.eventTime);
      const together = own < 0 ? events.length - state : own;
      const candidates = [...open].filter(mayBe).sort((one, other) => one.until - other.until);
      for (const isWhole of [true, false]) {
        for (const entry of candidates) {
          const found = await attempt(entry);
          const theirs = events.slice(state, state + found.caused.length);
          const made = found.caused[0]?.body.entityId;
          const isNew = !isKnown && entry.command.what !== 'updateFolder' && entry.command.what !== 'updateFile';
          if (isNew && made) names.set(entityId, made);
          const isSame =
            theirs.length > 0 &&
            theirs.length === found.caused.length &&
            (theirs.length === together) === isWhole &&
            JSON.stringify(essences(theirs, inside)) === JSON.stringify(essences(found.caused, (id) => id)) &&
            (!entry.answer || essence(entry.command, found.answer, (id) => id) === essence(entry.command, entry.answer, inside));
          if (isSame && state + theirs.length <= entry.until) {
            open.delete(entry);
            state += theirs.length;
            saved = await manager.snapshot();
            return;
          }
          if (isNew) names.delete(entityId);
          await found.undo();
        }
      }
      assert.fail(`no command explains the event ${JSON.stringify(next)}`);
    }

    await observe();
    while (state < last) {
      // Uploads that somebody makes at the same time change nothing else.
      if (isForeign(events[state])) state += 1;
      else await advance();
      await observe();
    }
    for (const entry of open) assert.ok(idle.has(entry) || placed.has(entry), `no order of the commands explains ${JSON.stringify(entry)}`);
    assert.equal(begun, entries.length, 'a command began after events that nobody has seen');
  } finally {
    await manager.close();
  }
}
