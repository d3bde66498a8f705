// The strategy objects of @wix/sdk as `auth` of our client: the same headers, from the same token requests.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as official from '@wix/media';
import { ApiKeyStrategy, AppStrategy, createClient as createOfficialClient, OAuthStrategy } from '@wix/sdk';
import { respond } from '../harness/fetch.js';
import { createClient } from '../harness/package.js';

/** @import { TestContext } from 'node:test' */

const HEADERS = ['authorization', 'wix-site-id', 'wix-account-id'];
const soon = () => Math.floor(Date.now() / 1000) + 1000;

const STRATEGIES = {
  'an API key for a site': () => ApiKeyStrategy({ apiKey: 'k', siteId: 's' }),
  'an API key for an account': () => ApiKeyStrategy({ apiKey: 'k', accountId: 'a' }),
  'an API key that is given its site later': () => {
    const strategy = ApiKeyStrategy({ apiKey: 'k', accountId: 'a' });
    strategy.setSiteId('later');
    return strategy;
  },
  'a new visitor': () => OAuthStrategy({ clientId: 'c' }),
  'a visitor with tokens': () =>
    OAuthStrategy({
      clientId: 'c',
      tokens: { accessToken: { value: 'mine', expiresAt: soon() }, refreshToken: { value: 'r', role: 'visitor' } },
    }),
  'a visitor whose token has expired': () =>
    OAuthStrategy({
      clientId: 'c',
      tokens: { accessToken: { value: 'old', expiresAt: 5 }, refreshToken: { value: 'r', role: 'visitor' } },
    }),
  'an app': () => AppStrategy({ appId: 'app', appSecret: 'secret', instanceId: 'i' }),
  'an app with a refresh token': () => AppStrategy({ appId: 'app', appSecret: 'secret', refreshToken: 'r' }),
};

/**
 * The requests of a client for two calls, with the token requests of its strategy.
 *
 * @param {TestContext} t
 * @param {(fetch: any) => any} makeClient
 */
async function sent(t, makeClient) {
  /** @type {object[]} */
  const requests = [];
  /**
   * @param {string} url
   * @param {any} init
   */
  const fetch = async (url, init = {}) => {
    const headers = Object.fromEntries(new Headers(init.headers));
    const { pathname } = new URL(url);
    const isCall = pathname.startsWith('/site-media/');
    requests.push({
      pathname,
      body: isCall ? undefined : JSON.parse(init.body),
      headers: isCall ? Object.fromEntries(HEADERS.map((name) => [name, headers[name]])) : undefined,
    });
    const tokens = { access_token: `token ${requests.length}`, refresh_token: 'r2', expires_in: 14400 };
    return respond({ status: 200, body: isCall ? { files: [] } : tokens });
  };
  // The strategies ask for their tokens by the global fetch.
  t.mock.method(globalThis, 'fetch', fetch);
  const client = makeClient(fetch);
  await client.files.listFiles();
  await client.files.searchFiles();
  t.mock.restoreAll();
  return requests;
}

suite('strategies of @wix/sdk', () => {
  for (const [name, makeStrategy] of Object.entries(STRATEGIES)) {
    test(name, async (t) => {
      const { files } = official;
      const theirs = await sent(t, (/** @type {any} */ fetch) => createOfficialClient({ modules: { files }, auth: makeStrategy(), fetch }));
      const ours = await sent(t, (/** @type {any} */ fetch) => createClient({ auth: makeStrategy(), fetch }));
      assert.ok(theirs.length >= 2);
      assert.deepEqual(ours, theirs);
    });
  }
});

suite('our own forms of the same credentials', () => {
  test('clientId: requests the token that OAuthStrategy requests', async (t) => {
    const { files } = official;
    const theirs = await sent(t, (/** @type {any} */ fetch) => createOfficialClient({ modules: { files }, auth: OAuthStrategy({ clientId: 'c' }), fetch }));
    const ours = await sent(t, (/** @type {any} */ fetch) => createClient({ auth: { clientId: 'c' }, fetch }));
    assert.deepEqual(ours, theirs);
  });

  test('appId: requests the token that AppStrategy requests', async (t) => {
    const { files } = official;
    const app = { appId: 'app', appSecret: 'secret', instanceId: 'i' };
    const theirs = await sent(t, (/** @type {any} */ fetch) => createOfficialClient({ modules: { files }, auth: AppStrategy(app), fetch }));
    const ours = await sent(t, (/** @type {any} */ fetch) => createClient({ auth: app, fetch }));
    assert.deepEqual(ours, theirs);
  });
});
