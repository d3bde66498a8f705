// The page's side of its service worker.

/** How long a first visit waits for the worker to take charge. */
const PATIENCE = 5000;

let registered;

/** Registers the worker, once. Whether it is in charge of this page. */
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
    // Not allowed here, as in some private windows: then the page works without, but not offline.
    return false;
  }
  if (container.controller) return true;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    container.addEventListener(
      'controllerchange',
      () => {
        clearTimeout(timer);
        resolve(true);
      },
      { once: true },
    );
  });
}
