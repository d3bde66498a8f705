// Methods: which of them each place answers, and when another one stands in the header for them.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { present } from '../harness/present.js';
import { begin } from './session.js';

suite('TUS methods', () => {
  test('the place of creations: POST and OPTIONS, and Allow names them', async (t) => {
    const { send, uploadUrl } = await begin(t);
    for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE']) {
      const response = await send(method, present(uploadUrl), { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' });
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST, OPTIONS'], method);
    }
  });

  test('a session: HEAD, PATCH, DELETE, PUT and OPTIONS, and Allow names them', async (t) => {
    const { send, location, offset } = await begin(t);
    const url = await location(4);
    for (const method of ['GET', 'POST']) {
      const response = await send(method, url);
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'HEAD, PATCH, DELETE, PUT, OPTIONS'], method);
    }
    assert.equal(await offset(url), 0);
  });

  test('X-HTTP-Method-Override: counts in a POST only, in any case of letters', async (t) => {
    const { send, location, head } = await begin(t);
    const url = await location(4);
    // A link is a GET: it must not delete anything.
    assert.equal((await send('GET', url, { 'x-http-method-override': 'DELETE' })).status, 405);
    assert.equal((await send('POST', url, { 'x-http-method-override': 'CONNECT' })).status, 405);
    assert.equal((await head(url)).status, 200);
    const overridden = await send('POST', url, { 'x-http-method-override': ' head ' });
    assert.deepEqual([overridden.status, overridden.headers.get('upload-offset')], [200, '0']);
    // Its sender waits for as many bytes as are announced.
    const refused = await send('POST', `${url}0`, { 'x-http-method-override': 'HEAD' });
    assert.deepEqual([refused.status, Number(refused.headers.get('content-length'))], [404, (await refused.arrayBuffer()).byteLength]);
  });

  test('an override that is a PATCH follows its rules: type, offset and version', async (t) => {
    const { send, location, offset } = await begin(t);
    const url = await location(10);
    const patch = { 'x-http-method-override': 'PATCH', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    for (const [headers, status] of /** @type {[Record<string, string | undefined>, number][]} */ ([
      [{ ...patch, 'content-type': 'text/plain' }, 415],
      [{ ...patch, 'upload-offset': '3' }, 409],
      [{ ...patch, 'upload-offset': undefined }, 400],
      [{ ...patch, 'tus-resumable': '0.2.2' }, 412],
    ])) {
      assert.equal((await send('POST', url, headers, 'abc')).status, status, JSON.stringify(headers));
    }
    assert.equal(await offset(url), 0);
  });
});
