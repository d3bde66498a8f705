// The worker's side of tabs that use its manager: it welcomes them, and notices when they are gone.
import { WixMediaError } from '../../client/error.js';
import { guestChannel, meetingPoint, PROTOCOL } from './names.js';

/** @import { GuestParts, Session, StartMessage } from '../internal.d.ts' */

/** Messages that begin something. All others belong to a request that is under way. */
const CALLS = ['fetch', 'advance', 'estimate'];

const moving = () => new WixMediaError({ code: 'MANAGER_LOST', message: 'the tab that has the storage open is closing', retry: 'maybe' });

/**
 * Welcomes guests until it is closed.
 *
 * @param {string} name Of the storage.
 * @param {StartMessage} own The message that has started the manager.
 * @param {GuestParts} parts
 */
export function serveGuests(name, own, { join, state }) {
  const life = crypto.randomUUID();
  const all = new BroadcastChannel(meetingPoint(name));
  /** @type {Map<string, Session>} */
  const guests = new Map();
  let isClosing = false;

  /** @param {{ id: string, protocol: number }} hello */
  function welcome({ id, protocol }) {
    // A guest repeats itself when it hears that a worker has opened the storage.
    if (isClosing || guests.has(id)) return;
    const channel = new BroadcastChannel(guestChannel(name, id));
    if (protocol !== PROTOCOL) {
      channel.postMessage({ type: 'refused' });
      return channel.close();
    }
    let token = '';
    const session = join(
      {
        onmessage: null,
        postMessage(message) {
          if (guests.has(id)) channel.postMessage(message);
        },
      },
      {
        /** @param {StartMessage} message */
        start({ options, token: given, follow }) {
          const [clock, wanted] = [own.options.clock ?? 'system', options.clock ?? 'system'];
          if (clock !== wanted) {
            const message = `createManager: options.clock must be '${clock}', as in the tab that has the storage ${name} open`;
            throw new WixMediaError({ code: 'INVALID_ARGUMENT', message });
          }
          token = given;
          if (follow) session.begin(follow.after);
          return state();
        },
      },
    );
    guests.set(id, session);
    channel.onmessage = ({ data }) => {
      // A closed manager cannot answer, and a refusal would fail `createManager`. Without an answer the guest waits for the next owner.
      if (isClosing && data.type === 'start') return undefined;
      if (isClosing && CALLS.includes(data.type)) return session.refuse(data.id, moving());
      if (data.type === 'fetch') {
        // Each tab has a token of its own, by which its manager proves who it is; this worker knows its own tab's.
        if (token) data.headers = data.headers.replace(token, own.token);
      }
      return session.handle(data);
    };
    channel.postMessage({ type: 'welcome', life });
    // The guest holds the lock for as long as it is there.
    return void navigator.locks.request(guestChannel(name, id), () => {
      guests.delete(id);
      session.end();
      channel.close();
    });
  }

  all.onmessage = ({ data }) => {
    if (data.type === 'hello') welcome(data);
  };
  all.postMessage({ type: 'open', life });

  return {
    /** Begins nothing more, and lets no guest's upload keep the manager open. The next owner continues it. */
    close() {
      isClosing = true;
      all.close();
      for (const session of guests.values()) session.interrupt(moving());
    },
  };
}
