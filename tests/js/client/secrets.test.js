// Errors, hooks and logs never show a secret.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { ok, rejection, scriptedClient, status } from '../harness/client.js';

/** @import { Answer } from '../harness/types.d.ts' */

const SECRET = 'IST.very-secret-value-0123456789';

const AUTHS = {
  'an API key': { apiKey: SECRET, siteId: 's' },
  'a token': { accessToken: SECRET },
  'a token function': { accessToken: async () => SECRET },
  'own headers': { getAuthHeaders: async () => ({ headers: { Authorization: SECRET, 'x-wix-token': SECRET } }) },
  'an app': { appId: 'app', appSecret: SECRET, instanceId: 'i' },
  'a key with a line break': { apiKey: `${SECRET}\n`, siteId: 's' },
  'a key with a letter that no header carries': { apiKey: `${SECRET}ключ`, siteId: 's' },
};

/** @type {Record<string, (request: unknown) => Answer | Promise<Answer>>} */
const FAILURES = {
  'a rejected fetch': () => Promise.reject(new TypeError('fetch failed')),
  'a 401': () => status(401, { body: { message: 'expired' } }),
  'a 500': () => status(500),
  'an answer that is not JSON': () => ({ status: 200, rawBody: '<html>' }),
};

/** @param {unknown} value */
function everythingIn(value) {
  return inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null }) + JSON.stringify(value);
}

suite('secrets', () => {
  for (const [what, auth] of Object.entries(AUTHS)) {
    for (const [happening, script] of Object.entries(FAILURES)) {
      test(`secrets: are not shown, ${what} with ${happening}`, async (t) => {
        /** @type {unknown[]} */
        const seen = [];
        for (const method of /** @type {const} */ (['log', 'info', 'warn', 'error', 'debug'])) {
          t.mock.method(console, method, (/** @type {unknown[]} */ ...values) => seen.push(values));
        }
        const on = {
          request: (/** @type {unknown} */ event) => seen.push(event),
          response: (/** @type {unknown} */ event) => seen.push(event),
          retry: (/** @type {unknown} */ event) => seen.push(event),
        };
        /** @param {{ url: string }} request */
        const answer = (request) =>
          request.url.endsWith('/oauth2/token') ? ok({ access_token: SECRET, expires_in: 100 }) : script(request);
        let error;
        try {
          const { files } = scriptedClient(answer, { auth, on, retry: { attempts: 2, maxDelayMs: 0 } });
          error = await rejection(files.listFiles());
        } catch (thrown) {
          error = thrown;
        }
        assert.ok(!everythingIn(error).includes(SECRET), 'in the error');
        assert.ok(!everythingIn(error.stack).includes(SECRET), 'in the stack');
        assert.ok(!everythingIn(seen).includes(SECRET), 'in a hook or a log');
      });
    }
  }

  test('secrets: are not shown from the body of a refused token request', async () => {
    const { files } = scriptedClient([status(400, { body: { message: SECRET, details: { applicationError: { code: SECRET } } } })], {
      auth: { appId: 'app', appSecret: SECRET, instanceId: 'i' },
      retry: false,
    });
    assert.ok(!everythingIn(await rejection(files.listFiles())).includes(SECRET));
  });

  test('secrets: are not shown when a client is printed', () => {
    const { client } = scriptedClient([ok()], { auth: { apiKey: SECRET, siteId: 's' } });
    assert.ok(!everythingIn(client).includes(SECRET));
  });
});
