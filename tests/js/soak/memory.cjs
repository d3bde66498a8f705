// Loaded before a server (`--require`), in each of its threads: says how much memory the program has, whenever its parent asks.
const { BroadcastChannel, isMainThread, threadId } = require('node:worker_threads');

/** @type {Set<WeakRef<WebAssembly.Memory>>} */
const memories = new Set();

/** @param {WebAssembly.Instance} instance */
function watch({ exports }) {
  for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) memories.add(new WeakRef(value));
  // The parent knows of it before it asks.
  if (!isMainThread) channel.postMessage(measure());
}

const { Instance, instantiate } = WebAssembly;
WebAssembly.Instance = /** @type {typeof Instance} */ (
  new Proxy(Instance, {
    construct(target, args) {
      const instance = new target(.../** @type {[WebAssembly.Module]} */ (args));
      watch(instance);
      return instance;
    },
  })
);
/** @type {any} */ (WebAssembly).instantiate = async (/** @type {any[]} */ ...args) => {
  const result = /** @type {any} */ (await instantiate(.../** @type {[WebAssembly.Module]} */ (args)));
  watch(result.instance ?? result);
  return result;
};

/** What this thread has. */
function measure() {
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  let wasm = 0;
  for (const memory of memories) wasm += memory.deref()?.buffer.byteLength ?? 0;
  return { thread: threadId, rss, heap: heapUsed, external, arrayBuffers, wasm };
}

const channel = /** @type {any} */ (new BroadcastChannel('wix-media-memory'));
channel.unref();
if (isMainThread) {
  let asked = 0;
  /**
   * What other threads have said, and before which request.
   *
   * @type {Map<number, { asked: number, said: object }>}
   */
  const others = new Map();
  channel.onmessage = (/** @type {{ data: any }} */ { data }) => data.thread !== undefined && others.set(data.thread, { asked, said: data });
  process.on('message', (message) => {
    if (message !== 'memory') return;
    asked += 1;
    channel.postMessage('memory');
    // A thread that is busy answers late, and its last answer stands for it. One that is silent for longer has ended.
    setTimeout(() => {
      for (const [thread, other] of others) if (other.asked < asked - 2) others.delete(thread);
      process.send?.({ memory: [measure(), ...[...others.values()].map(({ said }) => said)] });
    }, 50);
  });
  process.channel?.unref();
} else {
  channel.onmessage = (/** @type {{ data: any }} */ { data }) => data === 'memory' && channel.postMessage(measure());
}
