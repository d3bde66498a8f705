// The scenarios in Node: the official client and ours, in memory and in a directory, and in a thread.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import * as media from '@wix/media';
import * as sdk from '@wix/sdk';
import * as zip from '@zip.js/zip.js';
import * as tus from 'tus-js-client';
import { validArguments } from '../harness/client.js';
import { leftovers } from '../harness/leftovers.js';
import * as wixMedia from '../harness/package.js';
import { CODES } from './codes.js';
import { CLIENTS, runScenario, scenarios } from './run.js';
import { startSource } from './source.js';
import { called, told } from './world.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { ManagerOptions } from '../harness/package.js'
 */

const libraries = { media, sdk, tus, wixMedia, zip };

/** @typedef {Pick<ManagerOptions, 'storage' | 'thread'>} Place */

/** @type {Record<string, (t: TestContext) => Place | Promise<Place>>} */
const PLACES = {
  memory: () => ({ storage: 'memory' }),
  directory: async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'wix-media-scenario-'));
    t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    return { storage: { directory } };
  },
  thread: () => ({ storage: 'memory', thread: true }),
};

/** The runs: a client and a place. Our client alone shows what a thread changes. */
const RUNS = Object.keys(CLIENTS).flatMap((client) =>
  Object.keys(PLACES).flatMap((place) => (place === 'thread' && client !== 'ours' ? [] : [{ client, place }])),
);

suite('scenarios', () => {
  const closing = leftovers();
  const expected = RUNS.length * scenarios.length;
  let finished = 0;
  /** @type {string} */
  let source;
  before(async () => {
    source = await startSource(closing);
  });

  for (const { client, place } of RUNS) {
    for (const scenario of scenarios) {
      test(`${client} client, ${place}: ${scenario.name}`, async (t) => {
        await runScenario(scenario, { client, ...(await PLACES[place](t)), source, libraries });
        finished += 1;
      });
    }
  }

  test('between them they make every call and meet every code', (t) => {
    // Under a filter by name, or after a failure, the rest of the scenarios cannot do it alone.
    if (finished < expected) return t.skip(`${finished} of ${expected} scenarios have run to their end`);
    assert.deepEqual([...called].filter((name) => name in validArguments).sort(), Object.keys(validArguments).sort());
    assert.deepEqual(CODES.filter((code) => !told.has(code)), []);
    return undefined;
  });
});
