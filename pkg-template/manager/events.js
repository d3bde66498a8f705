// Events of a manager, for listeners in the same process.
import { tell } from '../client/hooks.js';

/** @import { Engine, Events, ManagerEvent, NumberedEvent } from './internal.d.ts' */

/**
 * The name by which a handler asks for an event: `file_ready`, `folder_created`.
 *
 * @param {Pick<ManagerEvent, 'entityFqdn' | 'slug'>} event
 */
export function nameOf({ entityFqdn, slug }) {
  const entity = entityFqdn.endsWith('.folder') ? 'folder' : 'file';
  return slug.startsWith(`${entity}_`) ? slug : `${entity}_${slug}`;
}

/**
 * Tells listeners about events: each event to all of them before the next one, so that causes come before effects.
 *
 * @param {Engine} engine
 * @returns {Events}
 */
export function createEvents(engine) {
  /** @type {Set<{ last: number, listener: (event: NumberedEvent) => unknown, ended?: () => void }>} */
  const listeners = new Set();
  let isDelivering = false;

  function deliver() {
    // An event that a handler causes is delivered once this one has reached everybody.
    if (isDelivering) return;
    isDelivering = true;
    try {
      while (listeners.size > 0) {
        const after = Math.min(...[...listeners].map(({ last }) => last));
        /** @type {NumberedEvent[]} */
        const events = engine.control('events', { after });
        if (events.length === 0) return;
        for (const event of events) {
          for (const entry of listeners) {
            if (entry.last >= event.number) continue;
            entry.last = event.number;
            tell(entry.listener, event);
          }
        }
      }
    } finally {
      isDelivering = false;
    }
  }

  /** @type {Events['follow']} */
  function follow(after, listener, ended) {
    const entry = { last: after ?? engine.control('lastEvent'), listener, ended };
    listeners.add(entry);
    deliver();
    return () => listeners.delete(entry);
  }

  return {
    follow,
    on: (name, handler) => follow(undefined, ({ body }) => (name === '*' || nameOf(body) === name ? handler(body) : undefined)),
    deliver,
    close() {
      for (const { ended } of listeners) ended?.();
      listeners.clear();
    },
  };
}
