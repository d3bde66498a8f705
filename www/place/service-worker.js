// The page's side of its service worker.

/** Milliseconds for which a first visit waits for the worker to control the page. */
const CONTROL_TIMEOUT = 5000;

/** @type {Promise<boolean> | undefined} */
let registered;

/** Registers the worker, once. Resolves with whether it controls this page. */
export function serviceWorker() {
  registered ??= register();
  return registered;
}

async function register() {
  const container = navigator.serviceWorker;
  if (!container) return false;
  try {
    await container.register('service-worker.js');
  } catch {
    // Not allowed, as in some private windows. The page works without a worker, except offline.
    return false;
  }
  if (container.controller) return true;
  return new Promise((/** @type {(isControlled: boolean) => void} */ resolve) => {
    const timer = setTimeout(() => resolve(false), CONTROL_TIMEOUT);
    const control = () => {
      clearTimeout(timer);
      resolve(true);
    };
    container.addEventListener('controllerchange', control, { once: true });
  });
}
