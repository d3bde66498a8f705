// Runs one scenario: a fresh manager, a client on it, and the body.
import './bodies/index.js';
import { scenarios } from './scenario.js';
import { CLIENTS, createWorld, SITE, SLUGS } from './world.js';

/**
 * @import { connect } from './remote.js'
 * @import { Body } from './scenario.js'
 * @import { Libraries, ScenarioOptions } from './types.d.ts'
 */
export { CLIENTS, scenarios };

/**
 * `storage` says where a manager in this process keeps what it has, and `thread` whether it has a thread of its own; `server` is one of `remote.js` in its place. `libraries`
 * are the packages that clients are made of.
 *
 * @param {{ options: ScenarioOptions, run: Body }} scenario
 * @param {{
 *   client: string,
 *   storage?: ScenarioOptions['storage'],
 *   thread?: boolean,
 *   server?: ReturnType<typeof connect>,
 *   source: string,
 *   libraries: Libraries,
 * }} settings
 */
export async function runScenario({ options, run }, { client, storage, thread, server, source, libraries }) {
  const { wixMedia } = libraries;
  if (server) {
    await server.prepare(options);
    return run(createWorld({ manager: server, connect: CLIENTS[client](libraries), source, libraries }));
  }
  const { needs: _, ...given } = options;
  const manager = await wixMedia.createManager({ storage, thread, siteId: SITE, clock: 'virtual', ids: { seed: 1 }, ...given });
  try {
    const world = createWorld({ manager, connect: CLIENTS[client](libraries), source, libraries });
    for (const slug of SLUGS) manager.on(slug, world.hear);
    return await run(world);
  } finally {
    await manager.close();
  }
}
