// Access tokens of apps and visitors: requested, cached, and renewed before they expire. A file of its own, loaded by the
// first call with such credentials.

/** @import { Auth, VisitorAuth, VisitorTokens } from '../types/index.js' */
/** @import { Connection, ErrorMembers, Lent } from './internal.d.ts' */

/** @typedef {{ access_token: string, expires_in?: string | number, refresh_token: string }} TokenAnswer */
/** @typedef {(body: object) => Promise<TokenAnswer>} Post */
/** @typedef {(message: string, rest?: Partial<ErrorMembers>) => Error} Unauthenticated */

/**
 * @typedef {Pick<Lent, 'tell' | 'unreachable' | 'WixMediaError'> & {
 *   send: Connection['send'],
 *   unauthenticated: Unauthenticated,
 * }} TokenTools
 */

/** A token is renewed this long before it expires, so that it does not expire on the way. */
const MARGIN_MS = 60_000;

/**
 * Makes the function that gives the token of a request. It is called with the token that was answered with 401, if there
 * was one.
 *
 * @param {Auth} given
 * @param {TokenTools} tools
 * @returns {(refused?: string) => string | Promise<string>}
 */
export function createToken(given, { send, tell, unauthenticated, unreachable, WixMediaError }) {
  const auth = /** @type {any} */ (given);
  /** @type {Post} */
  const post = async (body) => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    try {
      return await readToken(await send('/oauth2/token', init), unauthenticated);
    } catch (cause) {
      throw cause instanceof WixMediaError ? cause : unreachable('oauth2.token', cause);
    }
  };
  const { clientId, appId: client_id, appSecret: client_secret, instanceId: instance_id, tokens } = auth;
  const exchange = clientId
    ? visitorTokens(auth, post, tell)
    : () => post({ instance_id, client_id, client_secret, grant_type: 'client_credentials' });
  return cachedToken(exchange, tokens?.accessToken);
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
 * @param {Lent['tell']} tell
 */
function visitorTokens({ clientId, tokens, onTokens }, post, tell) {
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
 * @param {Unauthenticated} unauthenticated
 * @returns {Promise<TokenAnswer>}
 */
async function readToken(response, unauthenticated) {
  const { status } = response;
  const requestId = response.headers?.get('x-wix-request-id') ?? undefined;
  const answer = await response.json().catch(() => undefined);
  if (status === 200 && typeof answer?.access_token === 'string') return answer;
  throw unauthenticated(`cannot get a token: the service answered with status ${status}`, { status, requestId });
}
