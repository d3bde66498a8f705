// Which requests the server answers, decided by their line and header fields, before anything of the body is read.
//
// A server on a developer's own machine usually has no keys, and every web page that its owner visits can send requests to
// it. Three rules keep such pages out:
//
// 1. `Host` names this machine or a name that the owner has listed. A stranger's name that resolves to this machine (DNS
//    rebinding) would otherwise make the server part of the stranger's own origin.
// 2. A browser says where a request comes from, by `Origin` and `Sec-Fetch-Site`. `AREAS` says which pages may ask for what.
// 3. A change by a page of another origin needs a preflight, so that the browser asks before it sends anything.
//
// Programs send neither `Origin` nor `Sec-Fetch-Site`, and only the first rule concerns them.
import { BlockList, isIP } from 'node:net';

/** @import { Admitted, Asked, Audience, GuardSettings, Page, Refusal, Verdict } from '../internal.d.ts' */

/**
 * What there is to ask for, and whose pages may. The first row that fits decides; the last one fits every path, so that a
 * new path is closed to strangers.
 *
 * - `anyone`: media for every page to show, and URLs that nobody can guess, which their owner has given away.
 * - `neighbours`: the server's own page, listed origins, and pages of this machine, such as those of a development server.
 * - `self`: the server's own page and listed origins. Pages under development need the API, but no page of another program
 *   needs to export, reset or reconfigure the manager; a demo of an npm package on localhost is not its owner.
 *
 * @type {readonly (readonly [path: RegExp, audience: Audience])[]}
 */
export const AREAS = [
  [/^\/_wix-media\/(health|webhook-key)$/, 'neighbours'],
  [/^\/_wix-media\//, 'self'],
  [/^\/(media|shapes|video|mp3|ugd|archives|3d|icons|repackager)\//, 'anyone'],
  [/^\/(upload|download-files|archive\/wix)\//, 'anyone'],
  [/^/, 'neighbours'],
];

/** Says which pages may embed an answer. */
const POLICY = 'cross-origin-resource-policy';

/** The addresses of the page itself, whose policy says where it may be shown. */
const OWN_PAGE = /^\/(index\.html)?$/;

/** An origin that a Content-Security-Policy can name. */
const FRAME_ORIGIN = /^https?:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

const JUDGED = /^(x-forwarded-.*|origin|sec-fetch-.*)$/i;

/** A name or an address, and a port. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?$/i;

/** Content types that a page of another origin can send without a preflight. */
const SIMPLE_TYPE = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

/** Header fields of the API that a page of another origin can send only after a preflight. */
const PREFLIGHTED = ['authorization', 'wix-site-id', 'tus-resumable'];

/** The types that browsers run as scripts. */
const SCRIPT_TYPE = /^\s*(application|text)\/((x-)?(java|ecma)script|javascript1\.\d|jscript|livescript)\s*(;|$)/i;

/**
 * Splits `name:port`. Returns undefined for anything else, such as a text with a path or a user name.
 *
 * @param {string} text
 */
export function authorityOf(text) {
  const [, name, port = ''] = AUTHORITY.exec(text) ?? [];
  if (name === undefined || Number(port) > 65_535) return undefined;
  return { name: name.toLowerCase().replace(/\.$/, ''), port };
}

/**
 * Whether a name or an address always leads to this machine.
 *
 * @param {string} name In lower case.
 */
export const isLoopback = (name) =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);

/**
 * An origin in parts. Returns undefined for `null` and for schemes that have no host.
 *
 * @param {string} origin
 */
function originOf(origin) {
  const [, scheme, rest] = /^(https?):\/\/(.+)$/i.exec(origin) ?? [];
  const authority = scheme === undefined ? undefined : authorityOf(rest);
  return authority && { ...authority, scheme: scheme.toLowerCase() };
}

/**
 * Whether a name is in a list. `*.media.example` stands for every name below `media.example`, and `media.example:8080` for
 * one port.
 *
 * @param {{ name: string, port: string }} given
 * @param {readonly string[]} hosts
 */
const isListed = ({ name, port }, hosts) =>
  hosts.some((text) => {
    const [, wildcard, rest] = /** @type {RegExpExecArray} */ (/^(\*)?(.*)$/.exec(text.toLowerCase()));
    const listed = authorityOf(wildcard ? `x${rest}` : rest);
    if (!listed || (listed.port && listed.port !== port)) return false;
    return wildcard ? name.endsWith(listed.name.slice(1)) : name === listed.name;
  });

/**
 * @param {{ name: string, port: string }} host
 * @param {GuardSettings} settings
 */
function isAllowedHost(host, { hosts = [], isOpen = false }) {
  if (isLoopback(host.name) || isListed(host, hosts)) return true;
  // Other machines use an address of this one. An address needs no list, because no name server can redirect it.
  return isOpen && isIP(host.name.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * The page that a request comes from.
 *
 * @param {Asked} asked
 * @param {{ name: string, port: string }} host
 * @param {GuardSettings} settings
 * @returns {Page}
 */
function pageOf({ method, path, headers }, host, { origins = [], frames = [] }) {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) {
    const parts = originOf(origin);
    if (parts && isSame(parts, host)) return 'self';
    // A page that sends no referrer may hide its origin from its own server too.
    if (origin === 'null' && site === 'same-origin') return 'self';
    if (origins.includes(origin) || origins.includes('*')) return 'listed';
    return parts && isLoopback(parts.name) ? 'neighbour' : 'stranger';
  }
  if (site === undefined || site === 'none') return 'none';
  if (site === 'same-origin') return 'self';
  if (site === 'same-site') return 'neighbour';
  // A link in another page, which the user follows, leads away from that page. A service worker that fetches for it says
  // `empty`. A frame does not say which page is around it, so the browser decides: by the policy of the page.
  const isRead = method === 'GET' || method === 'HEAD';
  const target = headers['sec-fetch-mode'] === 'navigate' && isRead ? headers['sec-fetch-dest'] : undefined;
  if (target === 'document' || target === 'empty') return 'neighbour';
  return target === 'iframe' && frames.length > 0 && OWN_PAGE.test(path) ? 'neighbour' : 'stranger';
}

/**
 * Whether an origin is that of a host, of which only a browser knows the scheme.
 *
 * @param {{ name: string, port: string, scheme: string }} origin
 * @param {{ name: string, port: string }} host
 */
function isSame(origin, host) {
  const standard = origin.scheme === 'https' ? '443' : '80';
  return origin.name === host.name && (origin.port || standard) === (host.port || standard);
}

/** @type {Record<Audience, readonly Page[]>} */
const PAGES = {
  anyone: ['none', 'self', 'listed', 'neighbour', 'stranger'],
  neighbours: ['none', 'self', 'listed', 'neighbour'],
  self: ['none', 'self', 'listed'],
};

/**
 * Why a page of another origin is refused, and which option would allow it.
 *
 * @param {Asked} asked
 */
function strangerMessage({ path, headers }) {
  const { origin, 'sec-fetch-dest': target } = headers;
  if (origin !== undefined) return `origin not allowed: ${shown(origin)}: start the server with --allow-origin ${shown(origin)}`;
  if (target === 'iframe' && OWN_PAGE.test(path)) {
    return 'frame not allowed: start the server with --allow-frame and the origin of the page around it';
  }
  return 'cross-site request not allowed: open the page of the server itself, or call it from an allowed origin';
}

/** @param {Asked} asked */
const needsNoPreflight = ({ headers }) => {
  const type = headers['content-type'];
  return (type === undefined || SIMPLE_TYPE.test(type)) && PREFLIGHTED.every((name) => headers[name] === undefined);
};

/**
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @returns {{ refusal: Refusal }}
 */
const refused = (status, code, message) => ({ refusal: { status, code, message } });

/**
 * A value of a header field for a message.
 *
 * @param {string} text
 */
const shown = (text) => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/**
 * Decides about a request.
 *
 * @param {Asked} asked
 * @param {GuardSettings} [settings]
 * @returns {Verdict}
 * @example
 * judge({ method: 'GET', path: '/', headers: { host: 'evil.example' }, peer: '127.0.0.1', local: '127.0.0.1:4410' });
 * // → { refusal: { status: 403, code: 'HOST_NOT_ALLOWED', message: 'host not allowed: …' } }
 */
export function judge(asked, settings = {}) {
  const { method, path, headers, peer, local } = asked;
  const isProxied = settings.isProxy?.(peer) ?? false;
  const forwarded = (/** @type {string} */ name) => (isProxied ? nearest(headers[`x-forwarded-${name}`]) : undefined);

  const text = forwarded('host') ?? headers.host ?? local;
  const host = authorityOf(text);
  if (!host) return refused(400, 'INVALID_HOST', `invalid Host: expected one name with an optional port, found ${JSON.stringify(shown(text))}`);
  if (!isAllowedHost(host, settings)) {
    return refused(403, 'HOST_NOT_ALLOWED', `host not allowed: ${shown(host.name)}: start the server with --allow-host ${shown(host.name)}`);
  }

  const [, audience] = /** @type {typeof AREAS[number]} */ (AREAS.find(([pattern]) => pattern.test(path)));
  const page = pageOf(asked, host, settings);
  if (!PAGES[audience].includes(page)) {
    return refused(403, 'ORIGIN_NOT_ALLOWED', strangerMessage(asked));
  }
  const isChange = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
  const isOther = page === 'listed' || page === 'neighbour';
  if (audience !== 'anyone' && isChange && isOther && needsNoPreflight(asked)) {
    const message = 'request without preflight not allowed: send Content-Type: application/json, or credentials';
    return refused(403, 'PREFLIGHT_REQUIRED', message);
  }

  const proto = forwarded('proto');
  const scheme = proto === 'https' ? 'https' : 'http';
  // The manager lets pages of other origins read what they may call, but not what only its owner may.
  const cors = page === 'listed' && audience === 'self' ? headers.origin : undefined;
  return { host: text, base: `${scheme}://${text}`, audience, mayRun: mayRun(headers), cors };
}

/**
 * The value that the nearest proxy has added.
 *
 * @param {string | undefined} value
 */
const nearest = (value) => value?.split(',').at(-1)?.trim() || undefined;

/**
 * Whether a browser might run a script of this answer as one of the server's own page. Browsers say so at addresses of this
 * machine and over TLS; elsewhere every browser counts.
 *
 * @param {Asked['headers']} headers
 */
function mayRun(headers) {
  const site = headers['sec-fetch-site'];
  if (site === undefined) return /^Mozilla\//.test(headers['user-agent'] ?? '');
  return site !== 'cross-site' && site !== 'same-site';
}

/**
 * Whether only a proxy or the guard itself looks at a header field. Nothing behind the guard may judge such a field
 * differently.
 *
 * @param {string} name
 */
export const isJudged = (name) => JUDGED.test(name);

/**
 * The answer to the preflight of a listed origin, where the manager has none. Returns undefined for any other request.
 *
 * @param {Asked} asked
 * @param {Admitted} verdict
 */
export function preflight({ method, headers }, { cors }) {
  if (!cors || method !== 'OPTIONS') return undefined;
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
    },
  });
}

/**
 * The header fields of an answer, with those that keep other pages from embedding it, and uploaded scripts from running as the
 * server's own.
 *
 * @param {Headers} headers
 * @param {Admitted} verdict
 * @returns {[name: string, value: string][]}
 */
export function protect(headers, { audience, mayRun, cors }) {
  const isScript = audience === 'anyone' && SCRIPT_TYPE.test(headers.get('content-type') ?? '');
  const fields = isScript || cors ? new Headers(headers) : headers;
  if (cors) {
    fields.set('access-control-allow-origin', cors);
    fields.append('vary', 'Origin');
  }
  // The policy of the page allows scripts of its origin, so an uploaded script must not look like one. With `nosniff` no
  // browser runs text. A cache must not give the page what another site may have.
  if (isScript) {
    fields.append('vary', 'Sec-Fetch-Site');
    fields.set('x-content-type-options', 'nosniff');
    if (mayRun) fields.set('content-type', 'text/plain; charset=utf-8');
  }
  const policy = audience === 'anyone' ? 'cross-origin' : 'same-origin';
  return fields.has(POLICY) ? [...fields] : [...fields, [POLICY, policy]];
}

/**
 * Whether a text can be listed as a host.
 *
 * @param {string} text
 */
export const isHostPattern = (text) => authorityOf(text.replace(/^\*\./, 'x.')) !== undefined;

/**
 * An origin as browsers send it: in lower case, in ASCII, without the standard port. Returns undefined for anything else.
 *
 * @param {string} text
 */
export function listedOrigin(text) {
  if (text === 'null' || text === '*') return text;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/i.test(text) || !URL.canParse(text)) return undefined;
  // Other schemes, such as those of extensions, have origins that the URL does not tell.
  return /^https?:/i.test(text) ? new URL(text).origin : text.toLowerCase();
}

/**
 * The origin of pages that may show the page of the server in a frame, as browsers send it. Returns undefined for anything that
 * a policy cannot name: other schemes, addresses of the sixth version, `null` and `*`.
 *
 * @param {string} text
 */
export function frameOrigin(text) {
  const origin = listedOrigin(text);
  return origin !== undefined && FRAME_ORIGIN.test(origin) ? origin : undefined;
}

/**
 * Makes the test for the addresses of proxies: `192.0.2.7`, or `10.0.0.0/8` for a network. Throws for anything else.
 *
 * @param {readonly string[]} addresses
 * @returns {(address: string) => boolean}
 */
export function proxies(addresses) {
  const list = new BlockList();
  for (const text of addresses) {
    const [address, prefix, ...rest] = text.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) throw new RangeError(text);
    const family = version === 6 ? 'ipv6' : 'ipv4';
    // A prefix that is too long throws by itself.
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}
