// Whether a team answers as one process would: clients send random changes to the same folders, and what they were answered is
// replayed on a manager in memory.
//
// A change that was made has events, and their numbers say when it was made. The replay makes the changes in the order of the numbers,
// and each must have the events and the answer that it had. A command without events (a read, a refusal, a change of nothing) must have its
// answer in some state between the numbers that were the last ones when it began and when it ended. So the order of all commands is
// that of real time, too: one that began after another had ended comes after it.
//
// If a command has no answer, because its server was killed or could not reach the database, it may have been done or not, and until the end.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { random } from '../crash/model.js';
import { present } from '../harness/present.js';
import { createTestManager } from '../harness/testing.js';
import { ask } from './native.js';

/** @typedef {'create' | 'update' | 'trash' | 'restore' | 'erase' | 'get' | 'list'} What */
/** @typedef {{ what: What, id?: string, name?: string, parent?: string }} Command */
/** @typedef {{ status: number, text: string }} Reply */
/** @typedef {{ command: Command, answer: Reply | null, after: number, until: number }} Entry The numbers of the last events around it. */
/** @typedef {{ number: number, body: any }} RecordedEvent */
/** @typedef {{ entries: Entry[], events: RecordedEvent[], last: number }} History */
/** @typedef {(method: string, path: string, body?: object) => Promise<Reply>} Send */

const ROOT = 'media-root';
const FOLDERS = '/site-media/v1/folders';
/** How often a read is repeated while servers or the database are away. Long enough for a standby to take over. */
const MAX_TRIES = 12_000;
/** How many folders there are to fight for. */
const MAX_FOLDERS = 24;

/**
 * The request of a command.
 *
 * @param {Command} command
 * @param {(id: string) => string} named The name of an id where it is sent.
 * @returns {[method: string, path: string, body?: object]}
 */
function requestOf({ what, id = '', name, parent = ROOT }, named) {
  const own = named(id);
  if (what === 'create') return ['POST', FOLDERS, { displayName: name, parentFolderId: named(parent) }];
  if (what === 'update') return ['PATCH', `${FOLDERS}/${own}`, { folder: { id: own, displayName: name, parentFolderId: named(parent) } }];
  if (what === 'trash') return ['POST', '/site-media/v1/bulk/folders/delete', { folderIds: [own] }];
  if (what === 'erase') return ['POST', '/site-media/v1/bulk/folders/delete', { folderIds: [own], permanent: true }];
  if (what === 'restore') return ['POST', '/site-media/v1/bulk/trash-bin/folders/restore', { folderIds: [own] }];
  if (what === 'get') return ['GET', `${FOLDERS}/${own}`];
  return ['GET', `${FOLDERS}?parentFolderId=${own}&paging.limit=100`];
}

/** Commands that change nothing. */
const isRead = (/** @type {Command} */ { what }) => what === 'get' || what === 'list';
/** Commands that may succeed without changing anything. */
const isIdle = (/** @type {Command} */ { what }) => what === 'trash' || what === 'restore' || what === 'erase';

/**
 * A random command about the folders that somebody has made.
 *
 * @param {ReturnType<typeof random>} dice
 * @param {string[]} known
 * @param {string} name One that nobody else uses.
 * @returns {Command}
 */
function chosen({ below, of }, known, name) {
  if (known.length === 0 || (known.length < MAX_FOLDERS && below(4) === 0)) return { what: 'create', name, parent: of([ROOT, ...known]) };
  const id = of(known);
  const what = /** @type {What} */ (of(['update', 'update', 'update', 'update', 'trash', 'trash', 'restore', 'restore', 'restore', 'erase', 'get', 'list', 'list']));
  return what === 'update' ? { what, id, name, parent: of([ROOT, ...known]) } : { what, id };
}

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
 * All events, once none is added any more: a database may finish a change whose server was killed.
 *
 * @param {Send} send
 */
async function allEvents(send) {
  const last = await lastEvent(send);
  return { events: await eventsAfter(send, 0), last };
}

/**
 * The numbers of a stream of events, from the first one on.
 *
 * @param {string} origin
 */
export function follow(origin) {
  /** @type {number[]} */
  const numbers = [];
  let wake = () => {};
  const request = httpRequest(`${origin}/_wix-media/events?after=0`, { headers: { accept: 'text/event-stream' }, agent: false }, (response) => {
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
  request.on('error', () => {});
  request.end();
  return {
    /** @param {number} last */
    async until(last) {
      while ((numbers.at(-1) ?? 0) < last) await new Promise((resolve) => (wake = () => resolve(undefined)));
      request.destroy();
      return numbers;
    },
  };
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
 * @param {{ clients: number, commands: number, seed: number, goesOn?: () => boolean }} load At least so many commands of each client, and more for
 *   as long as it goes on.
 * @returns {Promise<History>}
 */
export async function record(origin, { clients, commands, seed, goesOn = () => false }) {
  /** @type {Send} */
  const send = (method, path, body) => ask(origin, method, path, body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  /** @type {string[]} */
  const known = [];
  /** @type {Entry[]} */
  const entries = [];
  const client = async (/** @type {number} */ number) => {
    const dice = random(seed * 1000 + number);
    for (let turn = 0; turn < commands || goesOn(); turn += 1) {
      const command = chosen(dice, known, `c${number}t${turn}`);
      const after = await patiently(() => lastEvent(send));
      const answer = await answered(send(...requestOf(command, (id) => id)));
      const until = answer ? await patiently(() => lastEvent(send)) : Infinity;
      entries.push({ command, answer, after, until });
      if (command.what === 'create' && answer?.status === 200) known.push(JSON.parse(answer.text).folder.id);
      // Nobody can do anything with it any more.
      if (command.what === 'erase' && known.length > 4) known.splice(known.indexOf(present(command.id)), known.includes(present(command.id)) ? 1 : 0);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return { entries, ...(await patiently(() => allEvents(send))) };
}

/** @param {RecordedEvent} event */
const isOfFile = ({ body }) => body.entityFqdn.endsWith('.file_descriptor');

/**
 * What matters of an answer, with ids under their names.
 *
 * @param {Reply} answer
 * @param {(id: string) => string} named
 */
function essence({ status, text }, named) {
  const body = JSON.parse(text);
  if (status !== 200) return JSON.stringify([status, body.details?.applicationError?.code ?? body.details?.validationError?.fieldViolations?.[0]?.ruleName]);
  const shown = (/** @type {any} */ { id, displayName, parentFolderId, state }) => [named(id), displayName, named(parentFolderId), state];
  if (body.folder) return JSON.stringify([status, shown(body.folder)]);
  return JSON.stringify([status, body.folders?.map(shown).sort()]);
}

/**
 * What matters of events, in any order, as a change of a tree has those of its items.
 *
 * @param {RecordedEvent[]} events
 * @param {(id: string) => string} named
 */
const essences = (events, named) =>
  events
    .map(({ body: { slug, entityId, createdEvent, updatedEvent, deletedEvent } }) => {
      const entity = createdEvent?.entity ?? updatedEvent?.currentEntity;
      return JSON.stringify([slug, named(entityId), entity?.displayName, entity && named(entity.parentFolderId), deletedEvent?.movedToTrash]);
    })
    .sort();

/**
 * Replays a history. Fails if no order of its commands explains it.
 *
 * @param {History} history
 */
export async function replay({ entries, events, last }) {
  events.forEach(({ number }, at) => assert.equal(number, at + 1, 'the numbers of events have no gaps and no duplicates'));
  assert.equal(events.length, last);
  const manager = await createTestManager();
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

    /**
     * Runs a command in the present state, and takes back what it has changed.
     *
     * @param {Entry} entry
     */
    async function attempt({ command }) {
      const before = await lastEvent(send);
      const answer = await send(...requestOf(command, inside));
      const caused = isRead(command) || answer.status !== 200 ? [] : await eventsAfter(send, before);
      const undo = async () => {
        if (caused.length > 0) await manager.rollback(saved);
      };
      return { answer, caused, undo };
    }

    /** @type {Set<Entry>} What has no place yet. */
    const open = new Set();
    /** @type {Set<Entry>} Those of them that may have changed nothing. */
    const idle = new Set();
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
          if (!idle.has(entry)) assert.fail(`no order of the commands explains ${JSON.stringify(entry)}`);
          continue;
        }
        if (idle.has(entry) || (answer.status === 200 && !isRead(command) && !isIdle(command))) continue;
        const found = await attempt(entry);
        await found.undo();
        if (found.caused.length > 0 || essence(found.answer, (id) => id) !== essence(answer, inside)) continue;
        // A read or a refusal has its place now. A change may still be one that was made.
        if (answer.status === 200 && isIdle(command)) idle.add(entry);
        else open.delete(entry);
      }
    }

    /** Makes the change whose events come next. */
    async function advance() {
      const [next] = events.slice(state);
      const { entityId, slug, createdEvent, updatedEvent } = next.body;
      const name = (createdEvent?.entity ?? updatedEvent?.currentEntity)?.displayName;
      /** @param {Entry} entry */
      const fits = ({ command, answer, until }) =>
        (!answer || answer.status === 200) &&
        until > state &&
        ((command.what === 'create' && slug === 'created' && command.name === name && !names.has(entityId)) ||
          (command.what === 'update' && slug === 'updated' && command.name === name) ||
          (command.what === 'restore' && slug === 'created' && names.has(entityId)) ||
          ((command.what === 'trash' || command.what === 'erase') && slug === 'deleted'));
      // If several would do, the others can follow it without changing anything.
      for (const entry of [...open].filter(fits).sort((one, other) => one.until - other.until)) {
        const found = await attempt(entry);
        const theirs = events.slice(state, state + found.caused.length);
        const made = found.caused[0]?.body.entityId;
        const isNew = entry.command.what === 'create';
        if (isNew && made) names.set(entityId, made);
        const isSame =
          theirs.length > 0 &&
          theirs.length === found.caused.length &&
          JSON.stringify(essences(theirs, inside)) === JSON.stringify(essences(found.caused, (id) => id)) &&
          (!entry.answer || essence(found.answer, (id) => id) === essence(entry.answer, inside));
        if (isSame && state + theirs.length <= entry.until) {
          open.delete(entry);
          state += theirs.length;
          saved = await manager.snapshot();
          return;
        }
        if (isNew) names.delete(entityId);
        await found.undo();
      }
      assert.fail(`no command explains the event ${JSON.stringify(next)}`);
    }

    await observe();
    while (state < last) {
      // Uploads that somebody makes at the same time change no folder.
      if (isOfFile(events[state])) state += 1;
      else await advance();
      await observe();
    }
    for (const entry of open) assert.ok(idle.has(entry), `no order of the commands explains ${JSON.stringify(entry)}`);
    assert.equal(begun, entries.length, 'a command began after events that nobody has seen');
  } finally {
    await manager.close();
  }
}
