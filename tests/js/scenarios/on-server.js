// The scenarios over HTTP, with both clients, on a server that is started for them.
import { before, suite, test } from 'node:test';
import * as media from '@wix/media';
import * as sdk from '@wix/sdk';
import * as zip from '@zip.js/zip.js';
import * as tus from 'tus-js-client';
import { leftovers } from '../harness/leftovers.js';
import * as wixMedia from '../harness/package.js';
import { connect } from './remote.js';
import { CLIENTS, runScenario, scenarios } from './run.js';
import { startSource } from './source.js';

/** @import { Closing } from '../harness/types.d.ts' */

const libraries = { media, sdk, tus, wixMedia, zip };

/** How each server is started. */
export const STARTED = { allowPrivateImports: true };

/**
 * Declares the suite of a server. `start` gives its address. With the clock `virtual`, `POST /_wix-media/clock` moves it. Without the
 * scenarios that `except` names.
 *
 * @param {string} name
 * @param {{ start: (closing: Closing) => Promise<string>, clock?: string, except?: string[] }} server
 */
export function scenariosOn(name, { start, clock, except = [] }) {
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

    for (const name of except) if (!scenarios.some((scenario) => scenario.name === name)) throw new Error(`scenario not found: ${name}`);
    const { can } = connect('http://unused.example', { ...STARTED, clock });
    for (const client of Object.keys(CLIENTS)) {
      for (const scenario of scenarios.filter(({ name, options }) => can(options) && !except.includes(name))) {
        test(`${client} client: ${scenario.name}`, async () => {
          await runScenario(scenario, { client, server, source, libraries });
        });
      }
    }
  });
}
