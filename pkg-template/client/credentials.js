// Who is calling: the headers of the credentials, and how to get new ones.
import { loadPart } from './chunk.js';
import { refusal, unreachable, WixMediaError } from './error.js';
import { tell } from './hooks.js';

/** @import { Auth } from '../types/index.js' */
/** @import { Connection, ErrorMembers, HeaderMap } from './internal.d.ts' */

/** @typedef {Record<string, string | null | undefined>} GappyHeaders */

/**
 * @param {string} message
 * @param {Partial<ErrorMembers>} [rest]
 */
const unauthenticated = (message, rest) =>
  new WixMediaError({ message, code: 'UNAUTHENTICATED', operation: 'oauth2.token', ...rest });

// fetch quotes an invalid header value in its error, and the value may be a key with the line break of the file that it was
// read from. So it must never get there.
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * @param {GappyHeaders | undefined} headers
 * @returns {HeaderMap}
 */
const checked = (headers) => {
  /** @type {HeaderMap} */
  const kept = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined || value === null) continue;
    if (UNSENDABLE.test(value)) {
      throw unauthenticated(`invalid credentials: a character that the header ${name} cannot carry`);
    }
    kept[name] = value;
  }
  return kept;
};

/**
 * The headers of credentials that never change, or a function that promises headers. It is called for each request, with the
 * Authorization value that was answered with 401, if there was one.
 *
 * @param {Auth | undefined} given
 * @param {Connection['send']} send Sends a request to a path of the service.
 * @returns {HeaderMap | ((refused?: string) => Promise<HeaderMap>)}
 */
export function credentials(given, send) {
  if (!given) return {};
  const auth = /** @type {any} */ (given);
  const { siteId, accountId } = auth;
  const site = { 'wix-site-id': siteId || undefined, 'wix-account-id': accountId || undefined };
  const fixed = (/** @type {string} */ token) => checked({ Authorization: token, ...site });
  /** @param {(refused?: string) => Promise<GappyHeaders | undefined>} ask */
  const renewable = (ask) => async (/** @type {string | undefined} */ refused) => {
    try {
      return checked(await ask(refused));
    } catch (cause) {
      if (cause instanceof WixMediaError) throw cause;
      throw unauthenticated('cannot get the credentials: their function failed', { retry: 'maybe', cause });
    }
  };

  if (typeof auth.getAuthHeaders === 'function') return renewable(async () => (await auth.getAuthHeaders())?.headers);
  if (auth.apiKey) return fixed(auth.apiKey);
  if (typeof auth.accessToken === 'function') {
    return renewable(async () => ({ Authorization: await auth.accessToken(), ...site }));
  }
  if (auth.accessToken) return fixed(auth.accessToken);

  const { clientId, appId, appSecret, instanceId } = auth;
  if (!clientId && !(appId && appSecret && instanceId)) {
    const known = '{ apiKey }, { accessToken }, { clientId }, { appId, appSecret, instanceId }';
    throw refusal('auth', `must be one of ${known}, or an object with getAuthHeaders()`);
  }
  const load = loadPart('tokens.js', async () => {
    const { createToken } = await import('#package/tokens.js');
    return createToken(auth, { send, tell, unauthenticated, unreachable, WixMediaError });
  });
  return renewable(async (refused) => ({ Authorization: await (await load())(refused), ...site }));
}
