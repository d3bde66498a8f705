// Databases that break a rule on which the servers rely, to prove that the harness notices. The servers themselves are unchanged.
//
// A gate takes FOR UPDATE OF tail out of the statement that begins a change, so writers take no turns. Every second commit waits for a moment,
// so that other changes begin and end meanwhile. Two changes would now give their events the same numbers, and the second would fail instead of
// doing harm. So a trigger numbers the events again: from the counter, whose row is locked from then on, or from a sequence, whose
// numbers become visible in any order.
import { setTimeout } from 'node:timers/promises';
import { gate } from './gate.js';

/** @import { Closing } from '../harness/types.d.ts' */
/** @typedef {'counter' | 'sequence'} Numbers */

/** How long every second commit waits, in milliseconds. A longer time makes it likelier that a fault shows, and changes nothing else. */
const HOLD_MS = 60;

const LOCK = ' FOR UPDATE OF tail';

/** Statements that number an event. */
const NUMBERS = {
  counter: 'UPDATE tail SET last_event = last_event + 1 WHERE site = NEW.site RETURNING last_event INTO NEW.number',
  sequence: "NEW.number := nextval('numbers')",
};

/** @param {Numbers} numbers */
const triggers = (numbers) => `
CREATE SEQUENCE numbers;
CREATE FUNCTION number_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    ${NUMBERS[numbers]};
    PERFORM set_config('own.last_event', NEW.number::text, true);
    RETURN NEW;
END $$;
CREATE TRIGGER number_event BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION number_event();
-- The server writes the number that it has computed, which is too small.
CREATE FUNCTION keep_last_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.last_event := greatest(OLD.last_event, NEW.last_event, nullif(current_setting('own.last_event', true), '')::bigint);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_last_event BEFORE UPDATE ON tail FOR EACH ROW EXECUTE FUNCTION keep_last_event();`;

/**
 * Lets every second commit wait.
 *
 * @param {Closing} closing
 * @param {string} url Of the database.
 * @param {boolean} [isUnlocked] Whether writers do not lock the row of the site.
 */
export function holding(closing, url, isUnlocked = false) {
  let commits = 0;
  return gate(closing, url, ({ near, far }) => ({
    asked: async (data) => {
      // As many spaces instead, so that the length of the message stays right.
      const at = isUnlocked && data.includes('FROM tail') ? data.indexOf(LOCK) : -1;
      if (at >= 0) data.fill(' ', at, at + LOCK.length);
      if (data.includes('COMMIT') && (commits += 1) % 2 === 0) await setTimeout(HOLD_MS);
      far.write(data);
    },
    answered: (data) => near.write(data),
  }));
}

/**
 * Breaks the rules of a database.
 *
 * @param {Closing} closing
 * @param {{ url: string, query: (sql: string) => Promise<unknown> }} database
 * @param {Numbers} numbers Where the numbers of events come from.
 */
export async function unlocked(closing, { url, query }, numbers) {
  await query(triggers(numbers));
  return holding(closing, url, true);
}
