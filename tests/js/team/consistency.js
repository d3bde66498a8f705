// Whether a team answers as one process would: clients send random changes to the same files and folders, what they were answered is
// recorded here, and replay.js replays it on a manager in memory. commands.js has the commands.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { contentOf, random } from '../crash/model.js';
import { withinTime } from '../harness/limit.js';
import { present } from '../harness/present.js';
import { chosen, fetchAfter, fetched, fileName, isDeferred, nextPage, prepares, requestOf, urlOf } from './commands.js';
import { eventsAfter, lastEvent } from './events.js';
import { ask } from './native.js';
import { overtaken, sendInPieces } from './transfer.js';

/** @import { Closing } from '../harness/types.d.ts' */
/** @import { Command, Known, RecordedEvent, Reply } from './commands.js' */
/** @import { Send } from './events.js' */
/** @typedef {{ command: Command, answer: Reply | null, after: number, until: number }} Entry The numbers of the last events around it. */
/** @typedef {{ entries: Entry[], events: RecordedEvent[], last: number }} History */

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
