// Descriptors with members that are not of their types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sound } from '../../../www/model/descriptor.js';

/** @import { FileDescriptor } from '../../../pkg-template/types/index.js' */

test('descriptor: a sound one stays the same object', () => {
  const file = { _id: 'a', displayName: 'a.jpg', labels: ['x'], parentFolderId: undefined, media: { image: {} } };
  assert.equal(sound(file), file);
});

test('descriptor: loses what is not of its type, and keeps the rest', () => {
  const odd = /** @type {FileDescriptor} */ (/** @type {unknown} */ ({ _id: 'a', displayName: 5, labels: ['x', 5, null], media: 'none', sizeInBytes: {}, url: 'https://media.example/a' }));
  assert.deepEqual(sound(odd), { _id: 'a', labels: ['x'], url: 'https://media.example/a' });
  assert.deepEqual(sound(/** @type {FileDescriptor} */ (/** @type {unknown} */ ({ _id: 'a', labels: 'none' }))), { _id: 'a' });
});
