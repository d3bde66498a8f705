// Events of a manager, for who listens in the process.

/** The name by which a handler asks for an event: `file_ready`, `folder_created`. */
export function nameOf({ entityFqdn, slug }) {
  const entity = entityFqdn.endsWith('.folder') ? 'folder' : 'file';
  return slug.startsWith(`${entity}_`) ? slug : `${entity}_${slug}`;
}

/** Tells listeners of events, each in the order of their causes. */
export function createEvents(engine) {
  const listeners = new Set();

  /** Tells `listener` of every event behind the one of a number, and of those to come. Gives the function that ends it. */
  function follow(after, listener) {
    const entry = { last: after ?? engine.control('lastEvent'), listener };
    listeners.add(entry);
    deliver(entry);
    return () => listeners.delete(entry);
  }

  function deliver(entry) {
    for (;;) {
      const events = engine.control('events', { after: entry.last });
      if (events.length === 0) return;
      for (const event of events) {
        entry.last = event.number;
        if (!listeners.has(entry)) return;
        try {
          entry.listener(event)?.catch?.(() => {});
        } catch {
          // What goes wrong inside a handler is its own affair.
        }
      }
    }
  }

  return {
    follow,
    on: (name, handler) => follow(undefined, ({ body }) => (name === '*' || nameOf(body) === name ? handler(body) : undefined)),
    /** Tells everybody of what has happened since the last time. */
    deliver() {
      for (const entry of listeners) deliver(entry);
    },
    close: () => listeners.clear(),
  };
}
