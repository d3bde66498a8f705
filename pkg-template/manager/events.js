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
 * Tells listeners about events: each event to all of them before the next one, so that causes come before effects. Each gets
 * URLs that begin with its own base.
 *
 * @param {Engine} engine
 * @param {string} baseUrl
 * @returns {Events}
 */
export function createEvents(engine, baseUrl) {
  /** @type {Set<{ last: number, base: string, listener: (event: NumberedEvent) => unknown, ended?: () => void }>} */
  let listeners = new Set();
  let isDelivering = false;

  function deliver() {
    // An event that a handler causes is delivered once this one has reached everybody.
    if (isDelivering) return;
    isDelivering = true;
    try {
      while (listeners.size > 0) {
        const after = Math.min(...[...listeners].map(({ last }) => last));
        /** @type {Map<string, NumberedEvent[]>} */
        const pages = new Map();
        for (const { base } of listeners) {
          if (!pages.has(base)) pages.set(base, engine.control('events', { after, base }));
        }
        const [first = []] = pages.values();
        if (first.length === 0) return;
        for (const [at, { number }] of first.entries()) {
          for (const entry of listeners) {
            const event = pages.get(entry.base)?.[at];
            if (!event || entry.last >= number) continue;
            entry.last = number;
            tell(entry.listener, event);
          }
        }
      }
    } finally {
      isDelivering = false;
    }
  }

  /** @type {Events['follow']} */
  function follow(after, listener, ended, base = baseUrl) {
    const entry = { last: after ?? engine.control('lastEvent'), base, listener, ended };
    listeners.add(entry);
    deliver();
    return () => listeners.delete(entry);
  }

  return {
    follow,
    on: (name, handler) => follow(undefined, ({ body }) => (name === '*' || nameOf(body) === name ? handler(body) : undefined)),
    deliver,
    save() {
      const saved = [...listeners].map((entry) => ({ entry, last: entry.last }));
      return () => {
        for (const { entry, last } of saved) entry.last = last;
        listeners = new Set(saved.map(({ entry }) => entry));
      };
    },
    close() {
      for (const { ended } of listeners) ended?.();
      listeners.clear();
    },
  };
}
