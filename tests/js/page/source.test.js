// Where the bytes of pictures and recordings go when nobody looks at them any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setSource } from '../../../www/ui/source.js';

for (const [what, events] of /** @type {[string, string[]][]} */ ([
  ['an image that has loaded', ['load']],
  ['an image that cannot be decoded', ['error']],
  ['a player that is stopped', ['loadstart', 'emptied']],
])) {
  test(`setSource: revokes the address of ${what}`, async (t) => {
    const revoke = t.mock.method(URL, 'revokeObjectURL', () => {});
    const target = Object.assign(new EventTarget(), { src: '' });
    const showable = async () => 'blob:one';
    await setSource(/** @type {any} */ (target), { showable }, 'https://media.example/one');
    assert.equal(target.src, 'blob:one');
    // What a player had before it ends first.
    target.dispatchEvent(new Event('emptied'));
    assert.equal(revoke.mock.callCount(), 0);
    for (const name of events) target.dispatchEvent(new Event(name));
    assert.deepEqual(revoke.mock.calls.map(({ arguments: [url] }) => url), ['blob:one']);
  });
}
