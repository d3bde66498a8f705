// Runs one scenario: a fresh manager, a client on it, and the body.
import './bodies/index.js';
import { scenarios } from './scenario.js';
import { CLIENTS, createWorld, SITE, SLUGS } from './world.js';

export { CLIENTS, scenarios };

/** `storage` says where the manager keeps what it has; `libraries` are the packages that clients are made of. */
export async function runScenario({ options, run }, { client, storage, source, libraries }) {
  const { wixMedia } = libraries;
  const manager = await wixMedia.createManager({ storage, siteId: SITE, clock: 'virtual', ids: { seed: 1 }, ...options });
  try {
    const world = createWorld({ manager, connect: CLIENTS[client](libraries), source, libraries });
    for (const slug of SLUGS) manager.on(slug, world.hear);
    await run(world);
  } finally {
    await manager.close();
  }
}
