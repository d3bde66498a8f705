// What a host of the manager may ask over HTTP, below a path that no API of Wix has.
//
// | Request | Scope | What it does |
// | --- | --- | --- |
// | `GET health` | none | says that the manager answers, and on what storage |
// | `GET check` | manage | says whether the catalog is undamaged, which takes a while |
// | `GET webhook-key` | none | the public key of the webhooks, as PEM |
// | `GET events` | read | events as JSON (`?after=N`), or as a stream (`Accept: text/event-stream`, `Last-Event-ID`) |
// | `GET export` | manage | the archive of everything |
// | `PUT import` | manage | replaces everything by an archive |
// | `POST reset` | manage | forgets everything |
// | `PUT seed?entry=…` | manage | adds one entry of a seed, whose bytes are the body |
// | `POST faults`, `DELETE faults` | manage | adds faults, takes all away |
// | `PATCH settings` | manage | changes limits, processing, lag and delay |
// | `POST clock` | manage | moves a virtual clock on, `{ "advanceMs": 1000 }` |

const PATH = '/_wix-media/';

/** The header by which the manager's own object proves who it is. */
export const TOKEN = 'wix-media-token';

export const isAdministration = (url) => url.pathname.startsWith(PATH);

const json = (value, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });

const refused = (status, code, description) =>
  json({ message: description, details: { applicationError: { code, description, data: {} } } }, status);

const unfit = (field, description) => {
  const fieldViolations = [{ field, description, violatedRule: 'FORMAT' }];
  return json({ message: `INVALID_ARGUMENT: "${field}" ${description}`, details: { validationError: { fieldViolations } } }, 400);
};

const ROUTES = {
  'GET health': { answer: ({ manager }) => json({ status: 'ok', storage: manager.storage }) },
  'GET check': { scope: 'manage', answer: ({ engine }) => json({ isWhole: engine.control('isWhole') }) },
  'GET webhook-key': { answer: async ({ webhooks }) => new Response(await webhooks.publicKey(), { headers: { 'Content-Type': 'application/x-pem-file' } }) },
  'GET events': { scope: 'read', answer: events },
  'GET export': { scope: 'manage', answer: exported },
  'PUT import': {
    scope: 'manage',
    async answer({ engine, request, webhooks }) {
      const answer = await engine.receive((core) => core.openArchive(), request, 300);
      webhooks.forgetKey();
      return answer;
    },
  },
  'POST reset': {
    scope: 'manage',
    async answer({ engine, changed, webhooks }) {
      engine.control('reset');
      webhooks.forgetKey();
      changed();
      return json({});
    },
  },
  'PUT seed': {
    scope: 'manage',
    answer: ({ engine, request, url }) =>
      engine.receive((core) => core.openSeed(url.searchParams.get('entry') ?? '{}', url.host), request),
  },
  'POST faults': {
    scope: 'manage',
    async answer({ engine, request }) {
      for (const fault of [await request.json()].flat()) {
        const { refused: reason } = engine.control('faults.add', fault) ?? {};
        if (reason) return unfit('fault', reason);
      }
      return json({});
    },
  },
  'DELETE faults': { scope: 'manage', answer: ({ engine }) => json(engine.control('faults.clear') ?? {}) },
  'PATCH settings': {
    scope: 'manage',
    async answer({ engine, request, changed }) {
      const { refused: reason } = engine.control('adjust', await request.json()) ?? {};
      if (reason) return unfit('settings', reason);
      changed();
      return json({});
    },
  },
  'POST clock': {
    scope: 'manage',
    async answer({ manager, request }) {
      const { advanceMs } = await request.json();
      await manager.clock.advance(advanceMs);
      return json({ now: manager.clock.now() });
    },
  },
};

/** Answers a request below the path. `parts` are the engine and what is around it. */
export async function administer(request, url, parts) {
  const { engine, token } = parts;
  const name = url.pathname.slice(PATH.length);
  const route = ROUTES[`${request.method} ${name}`];
  if (!route) {
    const methods = Object.keys(ROUTES).filter((key) => key.endsWith(` ${name}`)).map((key) => key.split(' ')[0]);
    if (methods.length === 0) return refused(404, 'NOT_FOUND', 'there is nothing at this path');
    return refused(405, 'METHOD_NOT_ALLOWED', `this path answers ${methods.join(', ')}`);
  }
  if (route.scope && !isSame(request.headers.get(TOKEN), token)) {
    // A page of somebody else's, open in the same browser, must not reach into the manager of this machine.
    const origin = request.headers.get('origin');
    if (origin && origin !== url.origin) return refused(403, 'PERMISSION_DENIED', 'pages of other origins may not do this');
    const refusal = engine.control('authorize', {
      authorization: request.headers.get('authorization') ?? '',
      siteId: request.headers.get('wix-site-id') ?? '',
      scope: route.scope,
    });
    if (refusal) return json(refusal.body, refusal.status);
  }
  try {
    return await route.answer({ ...parts, request, url });
  } catch (error) {
    if (error instanceof SyntaxError) return unfit('body', 'must be JSON');
    if (error?.code === 'INVALID_ARGUMENT') return json({ message: error.message, details: error.details }, 400);
    throw error;
  }
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
function isSame(given, expected) {
  if (!given || given.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}

function exported({ engine }) {
  // Of the moment of the request: what it holds for that is given back when nobody reads on.
  return engine.send(
    (core) => core.exportArchive(),
    ([, id]) => engine.control('endExport', { id }),
  );
}

/** Events behind a number: as JSON, or as a stream that goes on. */
function events({ engine, events: all, request, url }) {
  const given = request.headers.get('last-event-id') ?? url.searchParams.get('after');
  const after = Number(given ?? 0);
  if (!Number.isSafeInteger(after) || after < 0) return unfit('after', 'must be the number of an event');
  if (!request.headers.get('accept')?.includes('text/event-stream')) return json({ events: engine.control('events', { after }) });
  let stop;
  const encoder = new TextEncoder();
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(': events of the Media Manager\n\n'));
      const send = ({ number, body }) => {
        const text = `id: ${number}\nevent: ${body.entityFqdn}_${body.slug}\ndata: ${JSON.stringify(body)}\n\n`;
        controller.enqueue(encoder.encode(text));
      };
      // Without a number, what happens from now on.
      stop = all.follow(given === null ? undefined : after, send, () => controller.close());
    },
    cancel: () => stop(),
  });
  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } });
}
