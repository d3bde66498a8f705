// The scenarios in Node: the official client and ours, in memory and in a directory.
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
import { CLIENTS, runScenario, scenarios } from './run.js';
import { startSource } from './source.js';
import { called, told } from './world.js';

const libraries = { media, sdk, tus, wixMedia, zip };

const STORAGES = {
  memory: () => 'memory',
  directory: async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'wix-media-scenario-'));
    t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    return { directory };
  },
};

/** What a Media Manager says when it refuses (`contract/errors.md` sections 2, 3 and 5). */
const CODES = [
  'FIELD_MASK_IS_EMPTY_OR_MISSING', 'FILE_NOT_READY', 'FILE_SIZE_OVER_LIMIT', 'FOLDER_CYCLE', 'FOLDER_NOT_FOUND', 'INVALID_ARGUMENT', 'INVALID_ASSET_KEY', 'MAX_DEPTH',
  'MISMATCH_MIME_TYPE', 'PARENT_FOLDER_IN_TRASH', 'PARENT_FOLDER_NOT_FOUND', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'RESOURCE_NOT_FOUND', 'SITE_QUOTA_EXCEEDED',
  'SYSTEM_FOLDER', 'TOO_MANY_FILES', 'UNAUTHENTICATED', 'UNSUPPORTED_FILE_FORMAT', 'UNSUPPORTED_MEDIA_TYPE', 'UNSUPPORTED_SORT_VALUE', 'UPLOAD_ALREADY_COMPLETED',
  'UPLOAD_INCOMPLETE', 'UPLOAD_TOKEN_EXPIRED', 'UPLOAD_TOKEN_INVALID', 'ZERO_FILE_SIZE',
];

suite('scenarios', () => {
  const closing = leftovers();
  let source;
  before(async () => {
    source = await startSource(closing);
  });

  for (const client of Object.keys(CLIENTS)) {
    for (const [storage, place] of Object.entries(STORAGES)) {
      for (const scenario of scenarios) {
        test(`${client} client, ${storage}: ${scenario.name}`, async (t) => {
          await runScenario(scenario, { client, storage: await place(t), source, libraries });
        });
      }
    }
  }

  test('between them they make every call and meet every code', () => {
    assert.deepEqual([...called].filter((name) => name in validArguments).sort(), Object.keys(validArguments).sort());
    assert.deepEqual(CODES.filter((code) => !told.has(code)), []);
  });
});
