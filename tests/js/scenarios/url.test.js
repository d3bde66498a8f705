// The scenarios over HTTP: on a server in this process, whose clock can be moved, on `wix-media serve`, and on the server
// that WIX_MEDIA_URL names, which is emptied.
//
//   wix-media serve --site-id 11111111-2222-3333-4444-555555555555 --allow-private-imports
//   WIX_MEDIA_URL=http://127.0.0.1:4410 node --test tests/js/scenarios/url.test.js
//
// WIX_MEDIA_CLOCK=virtual says that `POST /_wix-media/clock` moves the clock of that server.
import { serveManager } from '../harness/manager.js';
import { served } from '../harness/served.js';
import { STARTED, scenariosOn } from './on-server.js';
import { SITE } from './world.js';

/** @import { Closing } from '../harness/types.d.ts' */

const { WIX_MEDIA_URL, WIX_MEDIA_CLOCK: clock } = process.env;

/**
 * Starts the command of the built package; gives its address.
 *
 * @param {Closing} closing
 */
async function serve(closing) {
  const { origin, text } = await served(closing, ['--quiet', '--site-id', SITE, '--allow-private-imports']);
  if (!origin) throw new Error(`wix-media serve ended: ${text.stderr}`);
  return origin;
}

/** @type {Record<string, { start: (closing: Closing) => Promise<string>, clock?: string }>} */
const SERVERS = WIX_MEDIA_URL
  ? { WIX_MEDIA_URL: { start: async () => WIX_MEDIA_URL, clock } }
  : {
      'a server with a virtual clock': {
        start: async (closing) => (await serveManager(closing, { siteId: SITE, clock: 'virtual', ids: { seed: 1 }, ...STARTED })).baseUrl,
        clock: 'virtual',
      },
      'wix-media serve': { start: serve },
    };

for (const [name, server] of Object.entries(SERVERS)) scenariosOn(name, server);
