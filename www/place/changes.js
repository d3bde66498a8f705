// The changes of a server as they happen, by its stream of events.
//
// A browser opens six connections to a server at most, for all its tabs together. So one tab, the one with the lock, reads the
// stream, and passes on what it reads. When that tab closes, the next one reads. What happens between two streams is lost, so all
// tabs are told that there was a gap when one connects again.
/** @import { Place } from './place.js' */
import { pause } from '../model/pause.js';

/**
 * @typedef {object} Change A change of a file or folder.
 * @property {'file' | 'folder'} kind
 * @property {string} id
 * @property {boolean} isDeleted Whether it is in the trash now, or gone.
 * @property {boolean} isTrashed Whether it is in the trash now.
 * @property {string} [parentFolderId]
 * @property {number} [updatedAt] Milliseconds since 1970.
 *
 * @typedef {object} ChangeHandlers
 * @property {(change: Change) => void} onChange
 * @property {() => void} onGap There may have been changes that nobody reported.
 *
 * @typedef {{ parentFolderId?: string, updatedDate?: string }} Entity
 *
 * @typedef {object} EventBody An event as the server sends it.
 * @property {string} entityFqdn
 * @property {string} slug
 * @property {string} entityId
 * @property {{ entity?: Entity }} [createdEvent]
 * @property {{ currentEntity?: Entity }} [updatedEvent]
 * @property {{ body?: { file?: Entity } }} [actionEvent]
 * @property {{ movedToTrash?: boolean }} [deletedEvent]
 */

/** Milliseconds until the stream is opened again after it has ended. */
const RETRY_DELAY = 3000;

/** What tabs tell each other in place of a change when there was a gap. */
const GAP = 'gap';

/**
 * Reports changes until the signal aborts. Returns at once.
 *
 * @param {Place} place
 * @param {ChangeHandlers} handlers
 * @param {AbortSignal} signal
 */
export function followChanges(place, handlers, signal) {
  const name = `wix-media events ${place.key}`;
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }) => (data === GAP ? handlers.onGap() : handlers.onChange(data)));
  signal.addEventListener('abort', () => channel.close());
  /** @param {Change} change */
  const pass = (change) => {
    if (signal.aborted) return;
    channel.postMessage(change);
    handlers.onChange(change);
  };
  let hasGap = false;
  const onOpen = () => {
    if (!hasGap || signal.aborted) return;
    channel.postMessage(GAP);
    handlers.onGap();
  };
  // Without locks, which only secure contexts have, each tab reads.
  const lead = async () => {
    while (!signal.aborted) {
      const isOffered = await readStream(place, { onChange: pass, onOpen }, signal).catch(() => true);
      if (!isOffered) return;
      hasGap = true;
      await pause(RETRY_DELAY, signal);
    }
  };
  // A frame in a page of another site may have them refused.
  if (navigator.locks) waitToLead(name, lead, () => (hasGap = true), signal).catch(() => (signal.aborted ? undefined : lead()));
  else lead();
}

/**
 * Reads the stream while this tab has the lock.
 *
 * @param {string} name Of the lock.
 * @param {() => Promise<void>} lead
 * @param {() => void} onWait Another tab has the lock.
 * @param {AbortSignal} signal
 */
async function waitToLead(name, lead, onWait, signal) {
  const isFirst = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await lead();
    return lock !== null;
  });
  if (isFirst || signal.aborted) return;
  onWait();
  await navigator.locks.request(name, { signal }, lead);
}

/**
 * Reads the stream to its end. Resolves with whether the server offers it to this page: an older one does not, nor one that wants
 * another key.
 *
 * @param {Place} place
 * @param {{ onChange: (change: Change) => void, onOpen: () => void }} handlers
 * @param {AbortSignal} signal
 */
async function readStream(place, { onChange, onOpen }, signal) {
  const { auth } = place.options();
  const headers = { accept: 'text/event-stream', ...(auth && { authorization: auth.apiKey }) };
  const response = await place.fetch(`${place.baseUrl}/_wix-media/events`, { headers, cache: 'no-store', signal });
  if (!response.ok || !response.body) return response.status >= 500 || response.status === 429;
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return true;
    const messages = (rest + value).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const change = changeOf(message);
      if (change) onChange(change);
    }
  }
}

/**
 * Returns the change that a message of the stream reports, if it reports one.
 *
 * @param {string} message
 * @returns {Change | undefined}
 */
export function changeOf(message) {
  const text = /^data: (.*)$/m.exec(message)?.[1];
  if (text === undefined) return undefined;
  try {
    /** @type {EventBody} */
    const { entityFqdn, slug, entityId, createdEvent, updatedEvent, actionEvent, deletedEvent } = JSON.parse(text);
    if (typeof entityId !== 'string') return undefined;
    const { parentFolderId, updatedDate } = createdEvent?.entity ?? updatedEvent?.currentEntity ?? actionEvent?.body?.file ?? {};
    return {
      kind: entityFqdn.endsWith('.folder') ? 'folder' : 'file',
      id: entityId,
      isDeleted: slug === 'deleted',
      isTrashed: deletedEvent?.movedToTrash === true,
      parentFolderId,
      ...(updatedDate && { updatedAt: Date.parse(updatedDate) }),
    };
  } catch {
    // A server of another version may send what this page does not know.
    return undefined;
  }
}
