// The router of `/_wix-media/`: what the host of a manager may ask over HTTP, below a path that no API of Wix has.
//
// | Request | Scope | What it does |
// | --- | --- | --- |
// | `GET health` | none | says that the manager answers, on which storage and for how long |
// | `GET check` | manage | checks the catalog and the bytes of all files (`?blobs=sizes`, `?blobs=none`), which takes a while |
// | `GET webhook-key` | none | the public key of the webhooks, as PEM |
// | `GET events` | read | a page of events (`?after=N&limit=N`), or a stream (`Accept: text/event-stream`) |
// | `GET export` | manage | a backup of everything |
// | `PUT import` | manage | replaces everything by a backup |
// | `POST reset` | manage | deletes everything |
// | `PUT seed?entry=…` | manage | adds one entry of a seed, whose bytes are the body |
// | `POST faults`, `DELETE faults` | manage | adds faults, removes all |
// | `PATCH settings` | manage | changes limits, processing, lag and delay |
// | `POST clock` | manage | advances a virtual clock, `{ "advanceMs": 1000 }` |
//
// `HEAD` works wherever `GET` does.
import { VERSION } from '#version';
import { DAMAGE, damaged } from './damage.js';
import { refusalOf as memberRefusal } from './options.js';
import { refused } from './refused.js';

/** @import { Admin, AdminRequest, FileDamage, Route, TaskReport } from './internal.d.ts' */

const PATH = '/_wix-media/';

/** The header by which the manager's own object proves who it is. */
export const TOKEN = 'wix-media-token';

/** How many events a page holds, unless the caller says otherwise, and at most. */
const EVENTS_PER_PAGE = 100;
const MAX_EVENTS_PER_PAGE = 1000;

/** Milliseconds after which a browser connects again to a stream of events. */
const RECONNECT_MS = 1000;

/** How many blobs one piece of a backup can complete. */
const BLOBS_PER_PIECE = 300;

/** How many damaged files an answer names, and how many a header. */
const MAX_NAMED = 1000;
const MAX_IN_HEADER = 20;

/** Answers are of the moment, and for one caller. */
const NOT_STORED = { 'Cache-Control': 'no-store' };

/** @param {URL} url */
export const isAdmin = (url) => url.pathname.startsWith(PATH);

/**
 * @param {unknown} value
 * @param {number} [status]
 * @param {Record<string, string>} [headers]
 */
const json = (value, status = 200, headers) =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json', ...NOT_STORED, ...headers } });

/**
 * @param {string} field
 * @param {string} description
 */
const invalid = (field, description) => {
  const fieldViolations = [{ field, description, violatedRule: 'FORMAT' }];
  return json({ message: `INVALID_ARGUMENT: "${field}" ${description}`, details: { validationError: { fieldViolations } } }, 400);
};

/** @type {Record<string, Route>} */
const ROUTES = {
  'GET health': { answer: health },
  'GET check': { scope: 'manage', answer: check },
  'GET webhook-key': { answer: webhookKey },
  'GET events': { scope: 'read', answer: events },
  'GET export': { scope: 'manage', answer: exportBackup },
  'PUT import': { scope: 'manage', answer: importBackup },
  'POST reset': { scope: 'manage', answer: reset },
  'PUT seed': { scope: 'manage', answer: seed },
  'POST faults': { scope: 'manage', answer: addFaults },
  'DELETE faults': { scope: 'manage', answer: ({ engine }) => json(engine.control('faults.clear') ?? {}) },
  'PATCH settings': { scope: 'manage', answer: changeSettings },
  'POST clock': { scope: 'manage', answer: advanceClock },
};

/**
 * Answers a request below the path.
 *
 * @param {Request} request
 * @param {URL} url
 * @param {Admin} parts
 * @returns {Promise<Response>}
 */
export async function administer(request, url, parts) {
  const response = await answerTo(request, url, parts);
  if (request.method !== 'HEAD') return response;
  await response.body?.cancel();
  return new Response(null, response);
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {Admin} parts
 */
async function answerTo(request, url, parts) {
  const name = url.pathname.slice(PATH.length);
  const route = ROUTES[`${request.method === 'HEAD' ? 'GET' : request.method} ${name}`];
  if (!route) {
    const methods = Object.keys(ROUTES).filter((key) => key.endsWith(` ${name}`)).map((key) => key.split(' ')[0]);
    if (methods.length === 0) return refused(404, 'NOT_FOUND', `path not found: ${url.pathname}`, NOT_STORED);
    const allow = methods.join(', ');
    return refused(405, 'METHOD_NOT_ALLOWED', `invalid method: expected ${allow}, found ${request.method}`, { ...NOT_STORED, Allow: allow });
  }
  return refusalOf(route, request, url, parts) ?? answer(route, { ...parts, request, url });
}

/**
 * The response to a caller without permission; undefined for one with it.
 *
 * @param {Route} route
 * @param {Request} request
 * @param {URL} url
 * @param {Admin} parts
 */
function refusalOf({ scope }, request, url, { engine, token }) {
  if (!scope || isSame(request.headers.get(TOKEN), token)) return undefined;
  // A page of another origin, open in the same browser, must not reach into the manager of this machine.
  // A server around a manager has to check `Host` itself, which is where the origin of the URL comes from.
  const origin = request.headers.get('origin');
  if (origin && origin !== url.origin) return refused(403, 'PERMISSION_DENIED', `origin not allowed: ${origin}`, NOT_STORED);
  // Requests for pictures and the like have no origin.
  const isForeign = /^(cross|same)-site$/.test(request.headers.get('sec-fetch-site') ?? '');
  if (!origin && isForeign) return refused(403, 'PERMISSION_DENIED', 'cross-site request not allowed', NOT_STORED);
  const refusal = engine.control('authorize', {
    authorization: request.headers.get('authorization') ?? '',
    siteId: request.headers.get('wix-site-id') ?? '',
    scope,
  });
  return refusal ? json(refusal.body, refusal.status) : undefined;
}

/**
 * @param {Route} route
 * @param {AdminRequest} request
 */
async function answer(route, request) {
  try {
    return await route.answer(request);
  } catch (error) {
    if (error instanceof SyntaxError) return invalid('body', 'must be JSON');
    const { code, message, details } = /** @type {import('./internal.d.ts').ErrorMembers} */ (error);
    if (code === 'INVALID_ARGUMENT') return json({ message, details }, 400);
    throw error;
  }
}

/**
 * Whether two texts are the same, in a time that does not depend on how far they agree.
 *
 * @param {string | null} given
 * @param {string} expected
 */
function isSame(given, expected) {
  if (!given || given.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}

/** @param {AdminRequest} request */
function health({ manager, started }) {
  const uptimeSeconds = Math.floor((Date.now() - started) / 1000);
  const body = { status: 'ok', version: VERSION, storage: manager.storage, uptimeSeconds };
  return json(body, 200, { 'Access-Control-Allow-Origin': '*' });
}

/** @param {AdminRequest} request */
async function webhookKey({ webhooks }) {
  const headers = { 'Content-Type': 'application/x-pem-file', 'Cache-Control': 'no-store' };
  return new Response(await webhooks.publicKey(), { headers });
}

/**
 * A number of the query.
 *
 * @param {string | null} text
 */
const numberOf = (text) => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined);

/**
 * Events after a number: a page of JSON, or a stream that goes on.
 *
 * @param {AdminRequest} request
 */
function events({ engine, events: all, request, url }) {
  const seen = request.headers.get('last-event-id') ?? url.searchParams.get('after');
  const after = numberOf(seen);
  if (seen !== null && after === undefined) return invalid('after', 'must be the number of an event');
  const base = `${url.protocol}//${request.headers.get('host') ?? url.host}`;
  if (request.headers.get('accept')?.includes('text/event-stream')) {
    // Without a number: what happens from now on.
    return eventStream(all, after ?? engine.control('lastEvent'), base);
  }
  const given = url.searchParams.get('limit');
  const limit = given === null ? EVENTS_PER_PAGE : numberOf(given);
  if (limit === undefined || limit === 0) return invalid('limit', 'must be a positive whole number');
  const page = engine.control('events', { after: after ?? 0, limit: Math.min(limit, MAX_EVENTS_PER_PAGE), base });
  return json({ events: page, lastEvent: engine.control('lastEvent') });
}

/**
 * @param {Admin['events']} all
 * @param {number} after
 * @param {string} base What URLs in the events begin with.
 */
function eventStream(all, after, base) {
  /** @type {() => void} */
  let stop;
  const encoder = new TextEncoder();
  const stream = new ReadableStream({
    start(controller) {
      const send = (/** @type {string} */ text) => controller.enqueue(encoder.encode(text));
      // The id counts for a browser that is cut off before the first event.
      send(`retry: ${RECONNECT_MS}\nid: ${after}\n\n`);
      stop = all.follow(
        after,
        ({ number, body }) =>
          send(`id: ${number}\nevent: ${body.entityFqdn}_${body.slug}\ndata: ${JSON.stringify(body)}\n\n`),
        () => controller.close(),
        base,
      );
    },
    cancel: () => stop(),
  });
  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } });
}

/**
 * Checks the catalog, and unless `blobs` says otherwise the bytes of all files.
 *
 * @param {AdminRequest} request
 */
async function check({ engine, request, url }) {
  const blobs = url.searchParams.get('blobs') ?? 'bytes';
  if (!['bytes', 'sizes', 'none'].includes(blobs)) return invalid('blobs', 'must be bytes, sizes or none');
  const isCatalogWhole = await engine.checkCatalog(request.signal);
  const found = { files: 0, bytes: 0, damagedFiles: 0, damage: /** @type {FileDamage[]} */ ([]) };
  if (blobs !== 'none') {
    /** @param {TaskReport} report */
    const told = ({ files, bytes, damage }) => {
      Object.assign(found, { files, bytes });
      found.damagedFiles += damage.length;
      found.damage.push(...damage.slice(0, MAX_NAMED - found.damage.length));
    };
    await engine.run((core) => core.beginCheck(blobs === 'bytes', ''), { told, signal: request.signal });
  }
  return json({ isWhole: isCatalogWhole && found.damagedFiles === 0, isCatalogWhole, ...found });
}

/**
 * The blobs of the moment are kept until the export ends, also when nobody reads it to its end. Damaged files are named in a
 * header, as far as there is room, because the body is the archive.
 *
 * @param {AdminRequest} request
 */
async function exportBackup({ engine, request, report, fail }) {
  const { response, damagedFiles, damage } = await engine.exportArchive(request.signal);
  if (damagedFiles === 0) return response;
  for (const found of damage) report(damaged(found, fail));
  response.headers.set(DAMAGE, encodeURIComponent(JSON.stringify({ damagedFiles, damage: damage.slice(0, MAX_IN_HEADER) })));
  return response;
}

/** @param {AdminRequest} request */
async function importBackup({ engine, request, webhooks }) {
  const response = await engine.receive((core) => core.openArchive(), request, { blobs: BLOBS_PER_PIECE, signal: request.signal });
  webhooks.forgetKey();
  return response;
}

/** @param {AdminRequest} request */
function reset({ engine, changed, webhooks }) {
  engine.control('reset');
  webhooks.forgetKey();
  changed();
  return json({});
}

/** @param {AdminRequest} request */
function seed({ engine, request, url }) {
  return engine.receive((core) => core.openSeed(url.searchParams.get('entry') ?? '{}', url.host), request);
}

/** @param {AdminRequest} request */
async function addFaults({ engine, request, refuse }) {
  const faults = [await request.json()].flat();
  const { refused: member } = engine.control('faults.add', faults) ?? {};
  if (member) throw memberRefusal(member, refuse, 'faults');
  return json({});
}

/** @param {AdminRequest} request */
async function changeSettings({ engine, request, changed, refuse }) {
  const { refused: member } = engine.adjust(await request.json()) ?? {};
  if (member) throw memberRefusal(member, refuse, 'settings');
  changed();
  return json({});
}

/** @param {AdminRequest} request */
async function advanceClock({ manager, request }) {
  const body = await request.json();
  if (typeof body !== 'object' || body === null) return invalid('body', 'must be an object');
  const { advanceMs } = body;
  await manager.clock.advance(advanceMs);
  return json({ now: manager.clock.now() });
}
