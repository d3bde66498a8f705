import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as official from '@wix/media';
import * as ours from '../harness/package.js';

/** @type {[theirs: Record<string, any>, own: Record<string, any>]} */
const [theirs, own] = [official, ours];

/** @param {any} module */
const enumsOf = (module) =>
  Object.entries(module).filter(([, value]) => value !== null && typeof value === 'object' && Object.values(value).every((member) => typeof member === 'string') && Object.keys(value).length > 0);

suite('enums', () => {
  for (const [api, count] of /** @type {[string, number][]} */ ([['files', 14], ['folders', 6]])) {
    const enums = enumsOf(theirs[api]);
    test(`${api}: has ${count} enums`, () => assert.equal(enums.length, count));
    for (const [name, members] of enums) {
      test(`${api}.${name}: equals the enum of the official SDK`, () => {
        assert.deepEqual(own[api][name], { ...members });
        const { files, folders } = ours.createClient({ auth: { apiKey: 'k' } });
        assert.deepEqual(/** @type {Record<string, any>} */ ({ files, folders })[api][name], { ...members });
      });
    }
  }

  test('enums: are also exported by name', () => {
    for (const api of ['files', 'folders']) {
      for (const [name] of enumsOf(theirs[api])) assert.ok(name in ours, name);
    }
    assert.equal(ours.MediaType.IMAGE, 'IMAGE');
    assert.equal(ours.RootFolder.MEDIA_ROOT, 'MEDIA_ROOT');
    assert.equal(ours.SortOrder.ASC, 'ASC');
    assert.equal(ours.State.OK, 'OK');
    assert.equal(ours.OperationStatus.READY, 'READY');
  });
});

test('files and folders: have every member of the official modules', () => {
  for (const api of ['files', 'folders']) {
    const client = ours.createClient({ auth: { apiKey: 'k' } });
    for (const name of Object.keys(theirs[api])) {
      assert.ok(name in own[api], `${api}.${name} of the module`);
      assert.ok(name in /** @type {Record<string, any>} */ (client)[api], `${api}.${name} of a client`);
    }
  }
});
