// The events of a manager, as its requests tell them.
import assert from 'node:assert/strict';

/** @import { RecordedEvent, Reply } from './commands.js' */
/** @typedef {(method: string, path: string, body?: object) => Promise<Reply>} Send */

/**
 * The number of the last event.
 *
 * @param {Send} send
 */
export async function lastEvent(send) {
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
export async function eventsAfter(send, after) {
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
