import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { stoppedClock } from '../harness/clock.js';
import { ok, rejection, scriptedClient, status } from '../harness/client.js';
import { createClient, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';

/** @import { Answer } from '../harness/types.d.ts' */

const once = { retry: false };
const unauthorized = status(401, { body: { message: 'expired' } });

/**
 * @param {any} auth
 * @param {object} [options]
 */
async function headersWith(auth, options) {
  const { files, requests } = scriptedClient([ok({ files: [] })], { auth, ...options });
  await files.listFiles();
  return requests[0].headers;
}

suite('headers of credentials', () => {
  for (const [name, auth, expected] of [
    ['an API key for a site', { apiKey: 'k', siteId: 's' }, { Authorization: 'k', 'wix-site-id': 's' }],
    ['an API key for an account', { apiKey: 'k', accountId: 'a' }, { Authorization: 'k', 'wix-account-id': 'a' }],
    ['an API key for both', { apiKey: 'k', siteId: 's', accountId: 'a' }, { Authorization: 'k', 'wix-site-id': 's', 'wix-account-id': 'a' }],
    ['a token', { accessToken: 't' }, { Authorization: 't' }],
    ['a token for a site', { accessToken: 't', siteId: 's' }, { Authorization: 't', 'wix-site-id': 's' }],
    ['a token from a function', { accessToken: () => 't' }, { Authorization: 't' }],
    ['a token from an async function', { accessToken: async () => 't', siteId: 's' }, { Authorization: 't', 'wix-site-id': 's' }],
    ['headers of an object', { getAuthHeaders: () => ({ headers: { Authorization: 'h', 'x-more': '1' } }) }, { Authorization: 'h', 'x-more': '1' }],
    ['headers of an object, later', { getAuthHeaders: async () => ({ headers: { Authorization: 'h' } }) }, { Authorization: 'h' }],
  ]) {
    test(`credentials: send the headers of ${name}`, async () => assert.deepEqual(await headersWith(auth), expected));
  }

  test('credentials: send an empty Authorization without credentials', async () => {
    assert.deepEqual(await headersWith(undefined), { Authorization: '' });
  });

  test('credentials: put no scheme before a key or token', async () => {
    for (const auth of [{ apiKey: 'abc' }, { accessToken: 'abc' }, { accessToken: async () => 'abc' }]) {
      assert.equal((await headersWith(auth)).Authorization, 'abc');
    }
  });

  test('headers: are sent too, but never replace the credentials in any spelling', async () => {
    const headers = { AUTHORIZATION: 'other', 'Wix-Site-Id': 'other', 'X-Custom': '1' };
    const sent = await headersWith({ apiKey: 'k', siteId: 's' }, { headers });
    assert.deepEqual(sent, { Authorization: 'k', 'wix-site-id': 's', 'X-Custom': '1' });
    assert.deepEqual(headers, { AUTHORIZATION: 'other', 'Wix-Site-Id': 'other', 'X-Custom': '1' });
  });

  test('headers: accept a Headers object', async () => {
    const sent = await headersWith({ apiKey: 'k' }, { headers: new Headers({ 'X-Custom': '1' }) });
    assert.deepEqual(sent, { Authorization: 'k', 'x-custom': '1' });
  });

  test('headers: override the default Content-Type', async () => {
    const { folders, requests } = scriptedClient([ok()], { headers: { 'content-type': 'application/json; v=2' } });
    await folders.createFolder('a');
    const types = Object.entries(requests[0].headers).filter(([name]) => name.toLowerCase() === 'content-type');
    assert.deepEqual(types, [['content-type', 'application/json; v=2']]);
  });
});

suite('401', () => {
  for (const [name, renewable] of /** @type {[name: string, renewable: (next: () => string | Promise<string>) => any][]} */ ([
    ['a function', (next) => ({ accessToken: next })],
    ['an object', (next) => ({ getAuthHeaders: async () => ({ headers: { Authorization: await next() } }) })],
  ])) {
    test(`401: asks ${name} for new credentials once`, async () => {
      let asked = 0;
      const { files, requests } = scriptedClient([unauthorized, ok({ files: [] })], {
        auth: renewable(async () => `token ${(asked += 1)}`),
        ...once,
      });
      await files.listFiles();
      assert.deepEqual(requests.map(({ headers }) => headers.Authorization), ['token 1', 'token 2']);
    });

    test(`401: is final after new credentials from ${name}`, async () => {
      let asked = 0;
      const { files, requests } = scriptedClient([unauthorized], { auth: renewable(() => `token ${(asked += 1)}`) });
      const error = await rejection(files.listFiles());
      assert.equal(error.status, 401);
      assert.equal(requests.length, 2);
      assert.equal(asked, 2);
    });
  }

  test('401: is final for a key and a fixed token', async () => {
    for (const auth of [{ apiKey: 'k' }, { accessToken: 't' }]) {
      const { files, requests } = scriptedClient([unauthorized], { auth });
      assert.equal((await rejection(files.listFiles())).status, 401);
      assert.equal(requests.length, 1);
    }
  });

  test('401: does not count as an attempt', async (t) => {
    const clock = await stoppedClock(t);
    const { files, requests } = scriptedClient([unauthorized, status(503), status(503), ok({ files: [] })], {
      auth: { accessToken: () => 't' },
    });
    await clock.until(files.listFiles());
    assert.equal(requests.length, 4);
  });
});

suite('failing credentials', () => {
  test('credentials: reject with UNAUTHENTICATED and the cause when they fail, and send nothing', async () => {
    for (const cause of [new Error('vault is closed'), 'vault is closed', undefined]) {
      const { files, requests } = scriptedClient([ok()], { auth: { accessToken: () => Promise.reject(cause) }, ...once });
      const error = await rejection(files.listFiles());
      assert.ok(error instanceof WixMediaError);
      assert.equal(error.code, 'UNAUTHENTICATED');
      assert.equal(error.cause, cause);
      assert.equal(requests.length, 0);
    }
  });

  test('credentials: are requested again by the next call', async () => {
    let asked = 0;
    const { files } = scriptedClient([ok({ files: [] })], {
      auth: {
        accessToken: async () => {
          if ((asked += 1) === 1) throw new Error('not yet');
          return 't';
        },
      },
      ...once,
    });
    await rejection(files.listFiles());
    await files.listFiles();
  });

  test('createClient: refuses credentials of an unknown form', () => {
    for (const auth of [{}, { key: 'k' }, { apiKey: '' }, 'k', 7, { clientId: '' }, { appId: 'a', appSecret: 's' }]) {
      assert.throws(
        () => createClient({ auth: /** @type {any} */ (auth) }),
        (error) => error instanceof WixMediaError && error.status === 400 && present(error.fieldViolations)[0].field === 'auth',
        JSON.stringify(auth),
      );
    }
  });
});

suite('clientId', () => {
  /**
   * @param {number} number
   * @param {object} [more]
   */
  const token = (number, more) => ok({ access_token: `access ${number}`, refresh_token: `refresh ${number}`, expires_in: 14400, ...more });

  /** @param {Answer[] | ((number: number) => Answer)} tokens */
  function service(tokens) {
    /** @type {any[]} */
    const bodies = [];
    /** @param {{ url: string, body: string, headers: Record<string, string> }} request */
    const script = (request) => {
      if (!request.url.endsWith('/oauth2/token')) return request.headers.Authorization === 'access 0' ? unauthorized : ok({ files: [] });
      bodies.push(JSON.parse(request.body));
      return typeof tokens === 'function' ? tokens(bodies.length) : (tokens[bodies.length - 1] ?? tokens.at(-1));
    };
    return { bodies, ...scriptedClient(script, { auth: { clientId: 'c1' }, ...once }) };
  }

  test('clientId: requests the tokens of an anonymous visitor once', async () => {
    const { files, bodies, requests } = service([token(1)]);
    await Promise.all([files.listFiles(), files.searchFiles(), files.listFiles()]);
    await files.listFiles();
    assert.deepEqual(bodies, [{ clientId: 'c1', grantType: 'anonymous' }]);
    const calls = requests.filter(({ url }) => !url.endsWith('/oauth2/token'));
    assert.deepEqual(new Set(calls.map(({ headers }) => headers.Authorization)), new Set(['access 1']));
    assert.equal(requests[0].method, 'POST');
    assert.equal(requests[0].url, 'https://www.wixapis.com/oauth2/token');
    assert.equal(requests[0].headers.Authorization, undefined);
  });

  test('clientId: refreshes the token before it expires', async (t) => {
    const clock = await stoppedClock(t);
    const { files, bodies } = service((number) => token(number));
    await clock.until(files.listFiles());
    await clock.pass(14_399_000);
    await clock.until(files.listFiles());
    assert.deepEqual(bodies, [
      { clientId: 'c1', grantType: 'anonymous' },
      { clientId: 'c1', refreshToken: 'refresh 1', grantType: 'refresh_token' },
    ]);
  });

  test('clientId: refreshes the token after a 401', async () => {
    const { files, bodies } = service((number) => token(number - 1));
    await files.listFiles();
    assert.deepEqual(bodies.map(({ grantType }) => grantType), ['anonymous', 'refresh_token']);
  });

  test('clientId: requests new tokens when the refresh token is refused', async () => {
    const { files, bodies } = service([token(0), status(400), token(2)]);
    await files.listFiles();
    assert.deepEqual(bodies.map(({ grantType }) => grantType), ['anonymous', 'refresh_token', 'anonymous']);
  });

  test('clientId: rejects with UNAUTHENTICATED when no token is returned', async () => {
    for (const answer of [status(403, { headers: { 'x-wix-request-id': 'r9' } }), { status: 200, rawBody: '<html>' }, ok({}), ok(null)]) {
      const { files } = service([answer]);
      const error = await rejection(files.listFiles());
      assert.ok(error instanceof WixMediaError, String(error));
      assert.equal(error.code, 'UNAUTHENTICATED');
    }
  });
});

suite('appId', () => {
  const auth = { appId: 'app', appSecret: 'app secret', instanceId: 'i1' };

  test('appId: requests its token with its credentials once', async () => {
    /** @type {any[]} */
    const bodies = [];
    const { files, requests } = scriptedClient((request) => {
      if (!request.url.endsWith('/oauth2/token')) return ok({ files: [] });
      bodies.push(JSON.parse(request.body));
      return ok({ access_token: 'app token', expires_in: 14400 });
    }, { auth });
    await Promise.all([files.listFiles(), files.listFiles()]);
    assert.deepEqual(bodies, [
      { instance_id: 'i1', client_id: 'app', client_secret: 'app secret', grant_type: 'client_credentials' },
    ]);
    assert.equal(requests.at(-1).headers.Authorization, 'app token');
  });

  test('appId: sends token requests to the base URL of the client', async () => {
    const { files, requests } = scriptedClient(() => ok({ access_token: 't', expires_in: 9, files: [] }), {
      auth,
      baseUrl: 'http://127.0.0.1:4410/',
    });
    await files.listFiles();
    assert.deepEqual(requests.map(({ url }) => url), [
      'http://127.0.0.1:4410/oauth2/token',
      'http://127.0.0.1:4410/site-media/v1/files',
    ]);
  });
});
