// Who is calling: the headers of the credentials, and how to get new ones.
import { refusal, WixMediaError } from './error.js';
import { tell } from './hooks.js';

/** @import { Auth, VisitorAuth, VisitorTokens } from '../types/index.js' */
/** @import { ErrorMembers, HeaderMap } from './internal.d.ts' */

/** @typedef {{ access_token: string, expires_in?: string | number, refresh_token: string }} TokenAnswer */
/** @typedef {(body: object) => Promise<TokenAnswer>} Post */
/** @typedef {Record<string, string | null | undefined>} GappyHeaders */

/** A token is renewed this long before it expires, so that it does not expire on the way. */
const MARGIN_MS = 60_000;

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
 * @param {Post} post
 * @returns {HeaderMap | ((refused?: string) => Promise<HeaderMap>)}
 */
export function credentials(given, post) {
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

  const { clientId, appId: client_id, appSecret: client_secret, instanceId: instance_id, tokens } = auth;
  let exchange;
  if (clientId) exchange = visitorTokens(auth, post);
  else if (client_id && client_secret && instance_id) {
    exchange = () => post({ instance_id, client_id, client_secret, grant_type: 'client_credentials' });
  } else {
    const known = '{ apiKey }, { accessToken }, { clientId }, { appId, appSecret, instanceId }';
    throw refusal('auth', `must be one of ${known}, or an object with getAuthHeaders()`);
  }
  const token = cachedToken(exchange, tokens?.accessToken);
  return renewable(async (refused) => ({ Authorization: await token(refused), ...site }));
}

/**
 * Caches a token until it expires, and lets concurrent callers share one request for the next.
 *
 * @param {() => Promise<TokenAnswer>} exchange
 * @param {VisitorTokens['accessToken']} known
 * @returns {(refused?: string) => string | Promise<string>}
 */
function cachedToken(exchange, known) {
  let value = known?.value;
  let until = known?.expiresAt ? known.expiresAt * 1000 - MARGIN_MS : Infinity;
  /** @type {Promise<string> | undefined} */
  let pending;
  return (refused) => {
    if (value && value !== refused && Date.now() < until) return value;
    pending ??= exchange()
      .then((answer) => {
        const lifetime = (Number(answer.expires_in) || 300) * 1000;
        until = Date.now() + lifetime - Math.min(MARGIN_MS, lifetime / 2);
        return (value = answer.access_token);
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}

/**
 * Tokens of a visitor: by the refresh token as long as it is accepted, else those of a new anonymous visitor.
 *
 * @param {VisitorAuth} auth
 * @param {Post} post
 */
function visitorTokens({ clientId, tokens, onTokens }, post) {
  let refreshToken = tokens?.refreshToken;
  return async () => {
    let answer;
    if (refreshToken?.value) {
      try {
        answer = await post({ clientId, refreshToken: refreshToken.value, grantType: 'refresh_token' });
      } catch (error) {
        // Only a refusal ends the visitor; a failed connection does not.
        if (!(Number(/** @type {{ status?: number }} */ (error).status) < 500)) throw error;
      }
    }
    if (!answer) {
      answer = await post({ clientId, grantType: 'anonymous' });
      refreshToken = { value: answer.refresh_token, role: 'visitor' };
    }
    const expiresAt = Math.floor(Date.now() / 1000) + Number(answer.expires_in);
    const accessToken = { value: answer.access_token, expiresAt };
    tell(onTokens, { accessToken, refreshToken: /** @type {NonNullable<typeof refreshToken>} */ (refreshToken) });
    return answer;
  };
}

/**
 * Reads the answer of a token request. Nothing of its body may reach an error: it holds secrets.
 *
 * @param {Response} response
 * @returns {Promise<TokenAnswer>}
 */
export async function readToken(response) {
  const { status } = response;
  const requestId = response.headers?.get('x-wix-request-id') ?? undefined;
  const answer = await response.json().catch(() => undefined);
  if (status === 200 && typeof answer?.access_token === 'string') return answer;
  throw unauthenticated(`cannot get a token: the service answered with status ${status}`, { status, requestId });
}
