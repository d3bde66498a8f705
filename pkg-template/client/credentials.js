// Who is calling: the headers of the credentials, and how to get new ones.
import { refusal, WixMediaError } from './error.js';
import { tell } from './hooks.js';

// A token is renewed this long before it ends, so that it does not end on the way.
const MARGIN = 60_000;

const unauthenticated = (message, rest) =>
  new WixMediaError({ message, code: 'UNAUTHENTICATED', operation: 'oauth2.token', ...rest });

// fetch quotes an invalid header value in its error, so such a value must never get there: it may be a key with the
// line break of the file that it was read from.
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

const checked = (headers) => {
  const kept = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined || value === null) continue;
    if (UNSENDABLE.test(value)) {
      throw unauthenticated(`The credentials hold a character that the header ${name} cannot carry`);
    }
    kept[name] = value;
  }
  return kept;
};

/**
 * The headers of credentials that never change, or a function that promises headers. It is called for each request,
 * with the Authorization value that was answered with 401, if any.
 */
export function credentials(auth, post) {
  const { siteId, accountId } = auth ?? {};
  const site = { 'wix-site-id': siteId || undefined, 'wix-account-id': accountId || undefined };
  const fixed = (token) => checked({ Authorization: token, ...site });
  const renewable = (ask) => async (refused) => {
    try {
      return checked(await ask(refused));
    } catch (cause) {
      if (cause instanceof WixMediaError) throw cause;
      throw unauthenticated('The credentials could not be had: their function failed', { retry: 'maybe', cause });
    }
  };

  if (!auth) return {};
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
    throw refusal('auth', `is none of ${known} and an object with getAuthHeaders()`);
  }
  const token = cachedToken(exchange, tokens?.accessToken);
  return renewable(async (refused) => ({ Authorization: await token(refused), ...site }));
}

/** Keeps a token while it is good, and lets concurrent callers share one request for the next. */
function cachedToken(exchange, known) {
  let value = known?.value;
  let until = known?.expiresAt ? known.expiresAt * 1000 - MARGIN : Infinity;
  let pending;
  return (refused) => {
    if (value && value !== refused && Date.now() < until) return value;
    pending ??= exchange()
      .then((answer) => {
        const life = (Number(answer.expires_in) || 300) * 1000;
        until = Date.now() + life - Math.min(MARGIN, life / 2);
        return (value = answer.access_token);
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}

/** Tokens of a visitor: the refresh token as long as it is accepted, else those of a new anonymous visitor. */
function visitorTokens({ clientId, tokens, onTokens }, post) {
  let refreshToken = tokens?.refreshToken;
  return async () => {
    let answer;
    if (refreshToken?.value) {
      try {
        answer = await post({ clientId, refreshToken: refreshToken.value, grantType: 'refresh_token' });
      } catch (error) {
        // Only a refusal ends the visitor; a failed connection does not.
        if (!(error.status < 500)) throw error;
      }
    }
    if (!answer) {
      answer = await post({ clientId, grantType: 'anonymous' });
      refreshToken = { value: answer.refresh_token, role: 'visitor' };
    }
    const expiresAt = Math.floor(Date.now() / 1000) + Number(answer.expires_in);
    tell(onTokens, { accessToken: { value: answer.access_token, expiresAt }, refreshToken });
    return answer;
  };
}

/** Reads the answer of a token request. Nothing of its body may reach an error: it holds secrets. */
export async function readToken(response) {
  const { status } = response;
  const requestId = response.headers?.get('x-wix-request-id') ?? undefined;
  const answer = await response.json().catch(() => undefined);
  if (status === 200 && typeof answer?.access_token === 'string') return answer;
  throw unauthenticated(`The token request was refused with status ${status}`, { status, requestId });
}
