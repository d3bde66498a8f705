// The scenarios over HTTP: on a server in this process, whose clock can be moved, on `wix-media serve`, and on the server
// that WIX_MEDIA_URL names, which is emptied.
//
//   wix-media serve --site-id 11111111-2222-3333-4444-555555555555 --allow-private-imports
//   WIX_MEDIA_URL=http://127.0.0.1:4410 node --test tests/js/scenarios/url.test.js
//
// WIX_MEDIA_CLOCK=virtual says that `POST /_wix-media/clock` moves the clock of that server.
import { before, suite, test } from 'node:test';
import * as media from '@wix/media';
import * as sdk from '@wix/sdk';
import * as zip from '@zip.js/zip.js';
import * as tus from 'tus-js-client';
import { leftovers } from '../harness/leftovers.js';
import { serveManager } from '../harness/manager.js';
import * as wixMedia from '../harness/package.js';
import { served } from '../harness/served.js';
import { connect } from './remote.js';
import { CLIENTS, runScenario, scenarios } from './run.js';
import { startSource } from './source.js';
import { SITE } from './world.js';

/** @import { Closing } from '../harness/types.d.ts' */

const libraries = { media, sdk, tus, wixMedia, zip };
const { WIX_MEDIA_URL, WIX_MEDIA_CLOCK: clock } = process.env;
const STARTED = { allowPrivateImports: true };

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

for (const [name, { start, clock: itsClock }] of Object.entries(SERVERS)) {
  suite(`scenarios on ${name}`, () => {
    const closing = leftovers();
    /** @type {string} */
    let source;
    /** @type {ReturnType<typeof connect>} */
    let server;
    before(async () => {
      source = await startSource(closing);
      server = connect(await start(closing));
    });

    const { can } = connect('http://unused.example', { ...STARTED, clock: itsClock });
    for (const client of Object.keys(CLIENTS)) {
      for (const scenario of scenarios.filter(({ options }) => can(options))) {
        test(`${client} client: ${scenario.name}`, async () => {
          await runScenario(scenario, { client, server, source, libraries });
        });
      }
    }
  });
}
