// expiration: when a session ends, and what every answer says about it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { present } from '../harness/present.js';
import { begin, LIFE_MS } from './session.js';

/** A date as HTTP has it (RFC 9110, section 5.6.7). */
const DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

suite('TUS expiration', () => {
  test('Upload-Expires: POST, PATCH and HEAD say the same date, as HTTP writes it', async (t) => {
    const { create, patch, head, uploadUrl, manager } = await begin(t);
    const created = await create(10);
    const url = new URL(present(created.headers.get('location')), uploadUrl).href;
    const expires = present(created.headers.get('upload-expires'));
    assert.match(expires, DATE);
    await manager.clock.advance(3_600_000);
    for (const response of [await patch(url, 0, 'some'), await head(url)]) assert.equal(response.headers.get('upload-expires'), expires);
  });

  test('until then a session goes on, afterwards every verb is answered with 410', async (t) => {
    const { location, patch, head, send, manager, finalise } = await begin(t);
    const url = await location(10);
    const expires = Date.parse(present((await head(url)).headers.get('upload-expires')));
    await manager.clock.advance(expires - manager.clock.now() - 1000);
    assert.equal((await patch(url, 0, 'some')).status, 204);
    await manager.clock.advance(LIFE_MS);
    for (const response of [await head(url), await patch(url, 4, 'thing!'), await send('DELETE', url)]) assert.equal(response.status, 410);
    assert.equal((await finalise()).status, 403);
  });

  test('an upload that was finished in time: stays a file', async (t) => {
    const { location, patch, finalise, manager, head } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    const { body } = await finalise();
    await manager.clock.advance(3 * LIFE_MS);
    assert.equal(await (await manager.fetch(body.file.url)).text(), 'four');
    assert.ok([404, 410].includes((await head(url)).status));
  });
});
