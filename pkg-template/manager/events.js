// Events of a manager, for who listens in the process.

/** The name by which a handler asks for an event: `file_ready`, `folder_created`. */
export function nameOf({ entityFqdn, slug }) {
  const entity = entityFqdn.endsWith('.folder') ? 'folder' : 'file';
  return slug.startsWith(`${entity}_`) ? slug : `${entity}_${slug}`;
}

/** Events from now on, in the order of their causes. */
export function createEvents(engine) {
  const handlers = new Map();
  let last;

  function on(name, handler) {
    if (handlers.size === 0) last = engine.control('lastEvent');
    const those = handlers.get(name) ?? new Set();
    handlers.set(name, those.add(handler));
    return () => {
      those.delete(handler);
      if (those.size === 0 && handlers.get(name) === those) handlers.delete(name);
    };
  }

  return {
    on,
    /** Tells the handlers of everything that has happened since the last time. */
    deliver() {
      while (handlers.size > 0) {
        const events = engine.control('events', { after: last });
        if (events.length === 0) return;
        for (const { number, body } of events) {
          last = number;
          for (const handler of [...(handlers.get(nameOf(body)) ?? []), ...(handlers.get('*') ?? [])]) {
            try {
              handler(body)?.catch?.(() => {});
            } catch {
              // What goes wrong inside a handler is its own affair.
            }
          }
        }
      }
    },
    close: () => handlers.clear(),
  };
}
