// Events of a manager, for who listens in the process.

/** The name by which a handler asks for an event: `file_ready`, `folder_created`. */
export function nameOf({ entityFqdn, slug }) {
  const entity = entityFqdn.endsWith('.folder') ? 'folder' : 'file';
  return slug.startsWith(`${entity}_`) ? slug : `${entity}_${slug}`;
}

/** Tells listeners of events: each event to all of them before the next one, so that its place among its causes shows. */
export function createEvents(engine) {
  const listeners = new Set();
  let isDelivering = false;

  /**
   * Tells `listener` of every event behind the one of a number, and of those to come, and `ended` that there will be no more.
   * Gives the function that ends it.
   */
  function follow(after, listener, ended) {
    const entry = { last: after ?? engine.control('lastEvent'), listener, ended };
    listeners.add(entry);
    deliver();
    return () => listeners.delete(entry);
  }

  /** Tells everybody of what has happened since the last time. */
  function deliver() {
    // What a handler causes is told of when this event has been told to everybody.
    if (isDelivering) return;
    isDelivering = true;
    try {
      while (listeners.size > 0) {
        const after = Math.min(...[...listeners].map(({ last }) => last));
        const events = engine.control('events', { after });
        if (events.length === 0) return;
        for (const event of events) {
          for (const entry of listeners) if (entry.last < event.number) tell(entry, event);
        }
      }
    } finally {
      isDelivering = false;
    }
  }

  function tell(entry, event) {
    entry.last = event.number;
    try {
      entry.listener(event)?.catch?.(() => {});
    } catch {
      // What goes wrong inside a handler is its own affair.
    }
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
