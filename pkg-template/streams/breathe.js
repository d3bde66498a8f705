// Turns of the event loop.
//
// A manager in the process answers without input or output, so an upload to it is one chain of microtasks: no timer fires,
// no signal of a timeout aborts, and no other connection is served until the chain ends (3.3 s for 150 MB). Loops that
// work on bytes call `breathe` between their steps.

/** How long work may go on before the event loop gets a turn, in milliseconds. */
const MAX_WORK_MS = 8;

// As they are now: fake timers of a test replace them later, and would never fire.
const { MessageChannel, setImmediate, setTimeout } = /** @type {Partial<typeof globalThis>} */ (globalThis);

/** @param {() => void} resume */
function byChannel(resume) {
  const { port1, port2 } = new /** @type {typeof globalThis.MessageChannel} */ (MessageChannel)();
  port1.onmessage = () => {
    // An open port keeps a process alive.
    port1.close();
    resume();
  };
  port2.postMessage(undefined);
}

/** Calls a function in a later turn. A timer comes last: browsers stretch nested ones to 4 ms. */
const later = setImmediate ?? (MessageChannel ? byChannel : setTimeout);

/** When the event loop had its last turn that is known of. */
let last = performance.now();

/**
 * Gives the event loop a turn when work has gone on for long enough; undefined otherwise, so that nothing is awaited in
 * vain.
 *
 * @returns {Promise<void> | undefined}
 */
export function breathe() {
  if (performance.now() - last < MAX_WORK_MS) return undefined;
  return new Promise((resolve) => {
    /** @type {(resume: () => void) => unknown} */ (later)(() => {
      last = performance.now();
      resolve();
    });
  });
}
