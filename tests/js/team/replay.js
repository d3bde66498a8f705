// Replays a history of commands (see consistency.js) on a manager in memory, and fails if no order of them explains it.
//
// A change that was made has events, and their numbers say when it was made. The replay makes the changes in the order of the numbers,
// and each must have the events and the answer that it had. A command without events (a read, a refusal, a change of nothing) must have its
// answer in some state between the numbers that were the last ones when it began and when it ended. So the order of all commands is
// that of real time, too: one that began after another had ended comes after it.
//
// If a command has no answer, because its server was killed or could not reach the database, it may have been done or not, and until the end.
// An import takes effect when its source has been fetched.
//
// Several commands may explain the same events, and do not leave the same behind: the deletion of a folder, or that of its child and then
// of the rest. If a choice turns out wrong, the replay goes back to it and takes the next command. Reads and refusals have their place as
// soon as their answer fits, since they leave everything as it was.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { contentOf } from '../crash/model.js';
import { present } from '../harness/present.js';
import { createTestManager } from '../harness/testing.js';
import { asked, essence, essences, fetched, fileName, fits, isDeferred, isFetch, isFixed, isForeign, isIdle, isRead, prepares, urlOf } from './commands.js';
import { eventsAfter, lastEvent } from './events.js';

/** @import { Snapshot } from 'wix-media.v2/testing' */
/** @import { Command, Reply } from './commands.js' */
/** @import { Entry, History } from './consistency.js' */
/** @import { Send } from './events.js' */

/** That the choices so far leave something without an explanation. */
class Unexplained extends Error {}

/** How many choices are kept. Each holds a copy of the manager's memory. */
const MAX_CHOICES = 24;
/** How often the replay goes back. A history that nothing explains would have more choices than anybody can try. */
const MAX_RETURNS = 300;

/**
 * What the replay knows between two changes.
 *
 * @typedef {object} State
 * @property {number} number That of the last event.
 * @property {Snapshot} saved The manager.
 * @property {number} begun How many commands have begun.
 * @property {Set<Entry>} open Those of them that have no place yet.
 * @property {Set<Entry>} idle Those of them that may have changed nothing.
 * @property {Set<Entry>} placed Those of them that have a place, and may have had it later.
 * @property {Map<string, string>} names The ids of the history, with those of the manager.
 * @property {Map<string, string[]>} urls The URLs of uploads and downloads, by the name of the command: more than one where it matters when it was made.
 */
/** @typedef {{ entry: Entry, isLate: boolean }} Option A command that may have made the next change. */

/** @param {State} state */
const copied = (state) => ({
  ...state,
  open: new Set(state.open),
  idle: new Set(state.idle),
  placed: new Set(state.placed),
  names: new Map(state.names),
  urls: new Map(state.urls),
});

/**
 * Replays a history. Fails if no order of its commands explains it.
 *
 * @param {History} history
 * @returns {Promise<{ returns: number }>} How often a choice was wrong.
 */
export async function replay({ entries, events, last }) {
  events.forEach(({ number }, at) => assert.equal(number, at + 1, 'the numbers of events have no gaps and no duplicates'));
  assert.equal(events.length, last);
  const byStart = [...entries].sort((one, other) => one.after - other.after);
  const manager = await createTestManager({ allowPrivateImports: true });
  try {
    /** @type {Send} */
    const send = async (method, path, body) => {
      const response = await manager.fetch(`http://media.test${path}`, { method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
      return { status: response.status, text: await response.text() };
    };
    /** @type {State} */
    let now = { number: 0, saved: await manager.snapshot(), begun: 0, open: new Set(), idle: new Set(), placed: new Set(), names: new Map(), urls: new Map() };
    // An id that the manager does not know yet is unknown to it, as it was to the team then.
    const inside = (/** @type {string} */ id) => now.names.get(id) ?? id;

    /**
     * Runs a command in the present state, and takes back what it has changed.
     *
     * @param {Entry} entry
     */
    async function attempt({ command, answer: theirs }) {
      const before = await lastEvent(send);
      /** @type {Reply} */
      let answer;
      const [url, ...others] = now.urls.get(command.name ?? '') ?? [];
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
        if (caused.length > 0) await manager.rollback(now.saved);
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
      now.urls.set(name, [...(now.urls.get(name) ?? []), urlOf(answer)]);
      now.saved = await manager.snapshot();
    }

    /** Looks for commands that could have had their answer in this state. */
    async function observe() {
      const { open, idle, placed, number } = now;
      while (now.begun < byStart.length && byStart[now.begun].after <= number) open.add(byStart[now.begun++]);
      for (const entry of [...open]) {
        const { command, answer } = entry;
        if (!answer) {
          idle.add(entry);
          continue;
        }
        if (entry.until < number) {
          open.delete(entry);
          if (!idle.has(entry) && !placed.has(entry)) throw new Unexplained(`no order of the commands explains ${JSON.stringify(entry)}`);
          continue;
        }
        if (idle.has(entry) || (answer.status === 200 && !isRead(command) && !isIdle(command))) continue;
        const found = await attempt(entry);
        await found.undo();
        if (found.caused.length > 0 || essence(command, found.answer, (id) => id) !== essence(command, answer, inside)) continue;
        if (prepares(command) && answer.status === 200) {
          await keepUrl(command);
          if (isFixed(command) && number < entry.until) {
            placed.add(entry);
            continue;
          }
        }
        // A read or a refusal has its place now. A change may still be one that was made.
        if (answer.status === 200 && isIdle(command)) idle.add(entry);
        else open.delete(entry);
      }
    }

    /** @type {{ state: State, options: Option[] }[]} States in which more than one command may have come next, with those that were not tried. */
    const choices = [];

    /** The commands that may have made the next change. */
    function optionsOf() {
      const next = events[now.number];
      const isKnown = now.names.has(next.body.entityId);
      return [...now.open]
        .filter(({ command, answer, until }) => (!answer || answer.status === 200) && until > now.number && fits(command, next, isKnown))
        .sort((one, other) => one.until - other.until)
        .map((entry) => ({ entry, isLate: false }));
    }

    /**
     * Makes the change whose events come next, by the first of some commands that explains them.
     *
     * @param {Option[]} options
     */
    async function advance(options) {
      const next = events[now.number];
      const { entityId } = next.body;
      const isKnown = now.names.has(entityId);
      // Events of one change have one time. So commands that explain all events of this time are tried first.
      const own = events.slice(now.number).findIndex(({ body }) => body.eventTime !== next.body.eventTime);
      const together = own < 0 ? events.length - now.number : own;
      for (let option = options.shift(); option; option = options.shift()) {
        const { entry, isLate } = option;
        const found = await attempt(entry);
        const theirs = events.slice(now.number, now.number + found.caused.length);
        const made = found.caused[0]?.body.entityId;
        const isNew = !isKnown && entry.command.what !== 'updateFolder' && entry.command.what !== 'updateFile';
        if (isNew && made) now.names.set(entityId, made);
        const isSame =
          theirs.length > 0 &&
          theirs.length === found.caused.length &&
          now.number + theirs.length <= entry.until &&
          JSON.stringify(essences(theirs, inside)) === JSON.stringify(essences(found.caused, (id) => id)) &&
          (!entry.answer || essence(entry.command, found.answer, (id) => id) === essence(entry.command, entry.answer, inside));
        if (isSame && (isLate || theirs.length === together)) {
          if (options.length > 0) {
            const state = copied(now);
            if (isNew) state.names.delete(entityId);
            choices.push({ state, options });
            if (choices.length > MAX_CHOICES) choices.shift();
          }
          now.open.delete(entry);
          now.number += theirs.length;
          now.saved = await manager.snapshot();
          return;
        }
        if (isNew) now.names.delete(entityId);
        await found.undo();
        if (isSame) options.push({ entry, isLate: true });
      }
      throw new Unexplained(`no command explains the event ${JSON.stringify(next)}`);
    }

    /** Goes on until all events are explained. */
    async function finish() {
      for (;;) {
        await observe();
        if (now.number === last) break;
        // Uploads that somebody makes at the same time change nothing else.
        if (isForeign(events[now.number])) now.number += 1;
        else await advance(optionsOf());
      }
      const { open, idle, placed } = now;
      for (const entry of open) {
        if (!idle.has(entry) && !placed.has(entry)) throw new Unexplained(`no order of the commands explains ${JSON.stringify(entry)}`);
      }
    }

    /** @type {{ number: number, error: unknown }} What was found where the replay got furthest. */
    let furthest = { number: -1, error: undefined };
    /** @param {unknown} error */
    const refute = (error) => {
      if (!(error instanceof Unexplained)) throw error;
      if (now.number > furthest.number) furthest = { number: now.number, error };
    };
    let returns = 0;
    let isExplained = await finish().then(() => true, refute);
    while (!isExplained) {
      const choice = choices.pop();
      if (!choice || returns === MAX_RETURNS) throw furthest.error;
      returns += 1;
      now = choice.state;
      await manager.rollback(now.saved);
      isExplained = await advance(choice.options).then(finish).then(() => true, refute);
    }
    assert.equal(now.begun, entries.length, 'a command began after events that nobody has seen');
    return { returns };
  } finally {
    await manager.close();
  }
}
