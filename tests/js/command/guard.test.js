// The guard: which requests a server answers, by their line and header fields.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { AREAS, authorityOf, frameOrigin, isHostPattern, isJudged, judge, listedOrigin, preflight, protect, proxies } from '../../../pkg-template/cli/server/guard.js';
import { contentSecurityPolicy } from '../../../www/policy.js';

/** @import { Admitted, Audience, GuardSettings, Verdict } from '../../../pkg-template/cli/internal.d.ts' */

/** @typedef {{ method?: string, path?: string, headers?: Record<string, string>, peer?: string, local?: string }} Given */

/**
 * The verdict about a request to a server at 127.0.0.1:4410.
 *
 * @param {Given} given
 * @param {GuardSettings} [settings]
 */
function judged({ method = 'GET', path = '/site-media/v1/files', headers = {}, peer = '127.0.0.1', local = '127.0.0.1:4410' }, settings) {
  return judge({ method, path, headers: { host: '127.0.0.1:4410', ...headers }, peer, local }, settings);
}

/** @param {Verdict} verdict */
const codeOf = (verdict) => verdict.refusal?.code ?? 'admitted';

/**
 * @param {Given} given
 * @param {GuardSettings} [settings]
 */
const code = (given, settings) => codeOf(judged(given, settings));

/**
 * A verdict that must not be a refusal.
 *
 * @param {Given} given
 * @param {GuardSettings} [settings]
 * @returns {Admitted}
 */
function admitted(given, settings) {
  const verdict = judged(given, settings);
  if (verdict.refusal) assert.fail(verdict.refusal.message);
  return verdict;
}

/** The cases that the native server reads too: paths by audience, callers, hosts, origins. */
const CASES = JSON.parse(await readFile(new URL('../../data/guard.json', import.meta.url), 'utf8'));

/**
 * One path of each audience, and of each kind.
 *
 * @type {Record<Audience, string[]>}
 */
const PATHS = CASES.paths;

/** What browsers and programs send, and what comes of it for each audience. */
/** @type {string} */
const LISTED = CASES.listedOrigin;
/** @type {{ name: string, headers: Record<string, string>, audiences: Audience[] }[]} */
const CALLERS = CASES.callers;

suite('judge', () => {
  test('judge: every path has the audience of its area', () => {
    for (const [audience, paths] of Object.entries(PATHS)) for (const path of paths) assert.equal(admitted({ path }).audience, audience, path);
    assert.deepEqual([...new Set(AREAS.map(([, audience]) => audience))].sort(), Object.keys(PATHS).sort());
  });

  test('judge: every caller reads what is for it, and nothing else', () => {
    for (const { name, headers, audiences } of CALLERS) {
      for (const [audience, paths] of Object.entries(PATHS)) {
        const isFor = audiences.some((each) => each === audience);
        for (const path of paths) {
          for (const method of ['GET', 'HEAD']) {
            assert.equal(code({ method, path, headers }, { origins: [LISTED] }), isFor ? 'admitted' : 'ORIGIN_NOT_ALLOWED', `${name}: ${method} ${path}`);
          }
        }
      }
    }
  });

  test('judge: a change is refused wherever reading is, and as a link always', () => {
    const json = { 'content-type': 'application/json' };
    for (const { name, headers, audiences } of CALLERS) {
      const isLink = name.startsWith('a link in another page');
      for (const [audience, paths] of Object.entries(PATHS)) {
        const isFor = audience === 'anyone' || (audiences.some((each) => each === audience) && !isLink);
        for (const path of paths) {
          for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
            const expected = isFor ? 'admitted' : 'ORIGIN_NOT_ALLOWED';
            assert.equal(code({ method, path, headers: { ...headers, ...json } }, { origins: [LISTED] }), expected, `${name}: ${method} ${path}`);
          }
        }
      }
    }
  });

  test('judge: refuses the preflights of strangers, and admits those of others', () => {
    const asking = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    for (const [origin, expected] of [['http://evil.example', 'ORIGIN_NOT_ALLOWED'], ['http://localhost:5173', 'admitted'], [LISTED, 'admitted']]) {
      assert.equal(code({ method: 'OPTIONS', headers: { ...asking, origin } }, { origins: [LISTED] }), expected, origin);
      assert.equal(code({ method: 'OPTIONS', path: '/upload/tus', headers: { ...asking, origin } }), 'admitted', origin);
    }
  });

  test('judge: a frame is admitted to the page alone, and only if some origin may show it', () => {
    const { headers, page, others, otherHeaders } = CASES.frames;
    const settings = { frames: ['https://app.example'] };
    for (const path of page) {
      for (const method of ['GET', 'HEAD']) {
        assert.equal(code({ method, path, headers }, settings), 'admitted', path);
        assert.equal(code({ method, path, headers }, { frames: [] }), 'ORIGIN_NOT_ALLOWED', path);
      }
      assert.equal(code({ method: 'POST', path, headers }, settings), 'ORIGIN_NOT_ALLOWED', path);
      for (const other of otherHeaders) {
        assert.equal(code({ path, headers: { ...headers, ...other } }, settings), 'ORIGIN_NOT_ALLOWED', JSON.stringify(other));
      }
    }
    for (const path of others) assert.equal(code({ path, headers }, settings), 'ORIGIN_NOT_ALLOWED', path);
  });

  test('judge: an allowed page of another origin changes something only after a preflight', () => {
    /** @type {Record<string, string>[]} */
    const pages = [{ origin: 'http://localhost:5173' }, { origin: LISTED }, { 'sec-fetch-site': 'same-site' }];
    /** @type {Record<string, string>[]} */
    const simpleOnes = CASES.preflight.simple;
    /** @type {Record<string, string>[]} */
    const preflighted = CASES.preflight.preflighted;
    for (const from of pages) {
      for (const simple of simpleOnes) {
        const given = { method: 'POST', headers: { ...from, ...simple } };
        assert.equal(code(given, { origins: [LISTED] }), 'PREFLIGHT_REQUIRED', JSON.stringify(given));
        assert.equal(code({ ...given, method: 'GET' }, { origins: [LISTED] }), 'admitted');
        assert.equal(code({ ...given, path: '/upload/tus' }), 'admitted');
      }
      for (const asked of preflighted) {
        assert.equal(code({ method: 'POST', headers: { ...from, ...asked } }, { origins: [LISTED] }), 'admitted', JSON.stringify(asked));
      }
    }
  });

  test('judge: programs and the own page may send any content type', () => {
    /** @type {Record<string, string>[]} */
    const callers = [{}, { origin: 'http://127.0.0.1:4410' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-mode': 'cors' }];
    for (const from of callers) {
      assert.equal(code({ method: 'POST', headers: { ...from, 'content-type': 'application/x-www-form-urlencoded' } }), 'admitted');
    }
  });

  test('judge: answers to names of this machine, with any port', () => {
    for (const host of CASES.hosts.own) {
      assert.equal(code({ headers: { host } }), 'admitted', host);
    }
  });

  test('judge: refuses every other name, for every path and method', () => {
    for (const host of CASES.hosts.others) {
      for (const path of Object.values(PATHS).flat()) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const origin = { origin: `http://${host}` };
          for (const more of [{}, origin]) assert.equal(code({ method, path, headers: { host, ...more } }), 'HOST_NOT_ALLOWED', `${method} ${path} of ${host}`);
        }
      }
    }
  });

  test('judge: the message says which option allows it', () => {
    assert.deepEqual(judged({ headers: { host: 'evil.example:4410' } }).refusal, {
      status: 403,
      code: 'HOST_NOT_ALLOWED',
      message: 'host not allowed: evil.example: start the server with --allow-host evil.example',
    });
    assert.deepEqual(judged({ headers: { origin: 'http://evil.example' } }).refusal, {
      status: 403,
      code: 'ORIGIN_NOT_ALLOWED',
      message: 'origin not allowed: http://evil.example: start the server with --allow-origin http://evil.example',
    });
    const long = judged({ headers: { origin: `http://${'a'.repeat(5000)}` } }).refusal;
    assert.ok(long && long.message.length < 600);
  });

  test('judge: 400 for whatever is no host', () => {
    for (const host of CASES.hosts.invalid) {
      const verdict = judge({ method: 'GET', path: '/', headers: { host }, peer: '127.0.0.1', local: '127.0.0.1:1' });
      assert.deepEqual([verdict.refusal?.status, verdict.refusal?.code], [400, 'INVALID_HOST'], host);
    }
  });

  test('judge: without Host, the address of the connection counts', () => {
    const headers = {};
    assert.deepEqual(judge({ method: 'GET', path: '/', headers, peer: '127.0.0.1', local: '[::1]:4410' }), {
      host: '[::1]:4410',
      base: 'http://[::1]:4410',
      audience: 'neighbours',
      mayRun: false,
      cors: undefined,
    });
    assert.equal(codeOf(judge({ method: 'GET', path: '/', headers, peer: '192.0.2.1', local: '192.0.2.2:4410' })), 'HOST_NOT_ALLOWED');
  });

  test('hosts: allow names, names with a port, and all names below one', () => {
    const { hosts } = CASES.listed;
    for (const host of CASES.listed.allowed) {
      assert.equal(code({ headers: { host } }, { hosts }), 'admitted', host);
    }
    for (const host of CASES.listed.refused) {
      assert.equal(code({ headers: { host } }, { hosts }), 'HOST_NOT_ALLOWED', host);
    }
    // A page of the listed name is the own one.
    assert.equal(code({ path: '/_wix-media/reset', method: 'POST', headers: { host: 'media.example', origin: 'https://media.example' } }, { hosts }), 'admitted');
    assert.equal(code({ path: '/_wix-media/reset', method: 'POST', headers: { host: 'media.example', origin: 'https://media.example:8443' } }, { hosts }), 'ORIGIN_NOT_ALLOWED');
  });

  test('isOpen: allows addresses, and no names', () => {
    for (const host of CASES.hosts.addresses) {
      assert.equal(code({ headers: { host } }, { isOpen: true }), 'admitted', host);
      assert.equal(code({ headers: { host } }), 'HOST_NOT_ALLOWED', host);
    }
    for (const host of CASES.hosts.noAddresses) assert.equal(code({ headers: { host } }, { isOpen: true }), 'HOST_NOT_ALLOWED', host);
  });

  test('origins: * stands for all', () => {
    for (const origin of ['http://anything.example', 'null']) {
      assert.equal(code({ headers: { origin } }, { origins: ['*'] }), 'admitted');
      assert.equal(code({ headers: { origin } }, { origins: ['https://other.example'] }), 'ORIGIN_NOT_ALLOWED');
    }
    assert.equal(code({ headers: { origin: 'null' } }, { origins: ['null'] }), 'admitted');
  });

  test('isProxy: only named proxies say host and scheme', () => {
    const settings = { hosts: ['media.example'], isProxy: proxies(['192.0.2.7']) };
    const headers = { 'x-forwarded-host': 'media.example', 'x-forwarded-proto': 'https' };
    assert.equal(admitted({ headers, peer: '192.0.2.7' }, settings).base, 'https://media.example');
    assert.equal(admitted({ headers, peer: '::ffff:192.0.2.7' }, settings).base, 'https://media.example');
    assert.equal(admitted({ headers, peer: '192.0.2.8' }, settings).base, 'http://127.0.0.1:4410');
    assert.equal(admitted({ headers }, {}).base, 'http://127.0.0.1:4410');
    // The proxy appends to what its client has claimed.
    const claimed = { 'x-forwarded-host': 'evil.example, media.example', 'x-forwarded-proto': 'gopher, https' };
    assert.equal(admitted({ headers: claimed, peer: '192.0.2.7' }, settings).base, 'https://media.example');
    assert.equal(admitted({ headers: { 'x-forwarded-proto': 'gopher' }, peer: '192.0.2.7' }, settings).base, 'http://127.0.0.1:4410');
    for (const [host, expected] of [['evil.example', 'HOST_NOT_ALLOWED'], ['a/b', 'INVALID_HOST']]) {
      assert.equal(code({ headers: { 'x-forwarded-host': host }, peer: '192.0.2.7' }, settings), expected);
    }
  });
});

suite('what follows from a verdict', () => {
  test('isJudged: names what nothing behind the guard may see', () => {
    for (const name of CASES.judged.names) assert.ok(isJudged(name), name);
    for (const name of CASES.judged.others) assert.ok(!isJudged(name), name);
  });

  test('preflight: answers listed origins where the manager does not', () => {
    const headers = { host: 'localhost', origin: LISTED, 'content-type': 'application/json', 'access-control-request-headers': 'content-type' };
    const ask = (/** @type {string} */ path, method = 'OPTIONS') => {
      const asked = { method, path, headers, peer: '127.0.0.1', local: 'localhost' };
      const verdict = judge(asked, { origins: [LISTED] });
      if (verdict.refusal) assert.fail(verdict.refusal.message);
      return { answer: preflight(asked, verdict), fields: new Headers(protect(new Headers(), verdict)) };
    };
    const { answer, fields } = ask('/_wix-media/reset');
    assert.deepEqual([answer?.status, answer?.headers.get('access-control-allow-headers')], [204, 'content-type']);
    assert.equal(fields.get('access-control-allow-origin'), LISTED);
    assert.equal(fields.get('vary'), 'Origin');
    assert.equal(ask('/_wix-media/reset', 'POST').answer, undefined);
    const api = ask('/site-media/v1/files');
    assert.deepEqual([api.answer, api.fields.get('access-control-allow-origin')], [undefined, null]);
  });

  test('protect: lets every page embed media, and nothing else', () => {
    for (const [audience, paths] of Object.entries(PATHS)) {
      for (const path of paths) {
        const fields = new Headers(protect(new Headers(), admitted({ path })));
        assert.equal(fields.get('cross-origin-resource-policy'), audience === 'anyone' ? 'cross-origin' : 'same-origin', path);
      }
    }
    const own = new Headers(protect(new Headers({ 'cross-origin-resource-policy': 'same-site' }), admitted({})));
    assert.equal(own.get('cross-origin-resource-policy'), 'same-site');
  });

  test('protect: an uploaded script does not run on the page of the server', () => {
    const typeFor = (/** @type {Record<string, string>} */ headers, type = 'text/javascript', path = '/ugd/a.js') =>
      new Headers(protect(new Headers({ 'content-type': type }), admitted({ path, headers }))).get('content-type');
    const text = 'text/plain; charset=utf-8';
    for (const type of CASES.scripts.types) {
      assert.equal(typeFor({ 'sec-fetch-site': 'same-origin' }, type), text, type);
      assert.equal(typeFor({ 'sec-fetch-site': 'none' }, type), text, type);
      // A browser at an address where it does not say where requests come from.
      assert.equal(typeFor({ 'user-agent': 'Mozilla/5.0 (X11)' }, type), text, type);
      assert.equal(typeFor({ 'sec-fetch-site': 'cross-site', 'user-agent': 'Mozilla/5.0 (X11)' }, type), type);
      assert.equal(typeFor({ 'user-agent': 'curl/8.5.0' }, type), type);
      assert.equal(typeFor({}, type), type);
    }
    for (const type of CASES.scripts.others) assert.equal(typeFor({ 'sec-fetch-site': 'same-origin' }, type), type);
    // Those of the page itself.
    assert.equal(typeFor({ 'sec-fetch-site': 'same-origin' }, 'text/javascript; charset=utf-8', '/main.js'), 'text/javascript; charset=utf-8');
    const given = new Headers({ 'content-type': 'text/javascript', vary: 'Accept' });
    const fields = new Headers(protect(given, admitted({ path: '/ugd/a.js', headers: { 'sec-fetch-site': 'cross-site' } })));
    assert.deepEqual([fields.get('vary'), fields.get('x-content-type-options')], ['Accept, Sec-Fetch-Site', 'nosniff']);
  });
});

suite('settings of the guard', () => {
  test('authorityOf: splits names and ports', () => {
    assert.deepEqual(authorityOf('Media.Example.:080'), { name: 'media.example', port: '080' });
    assert.deepEqual(authorityOf('[::1]'), { name: '[::1]', port: '' });
    assert.equal(authorityOf('a:65536'), undefined);
  });

  test('isHostPattern: accepts names, and refuses everything else', () => {
    for (const text of CASES.patterns.valid) assert.ok(isHostPattern(text), text);
    for (const text of CASES.patterns.invalid) assert.ok(!isHostPattern(text), text);
  });

  test('frameOrigin: gives an origin that a policy can name, and nothing for anything else', () => {
    for (const [text, origin] of CASES.frames.listed) {
      assert.equal(frameOrigin(text), origin, text);
      assert.match(contentSecurityPolicy(undefined, { frames: [origin, origin] }), new RegExp(`; frame-ancestors ${origin} ${origin}; `));
    }
    for (const text of CASES.frames.invalid) {
      assert.equal(frameOrigin(text), undefined, text);
      assert.throws(() => contentSecurityPolicy(undefined, { frames: ['https://app.example', text] }), { name: 'TypeError', message: `invalid frames: expected origins such as https://app.example, found ${text}` });
    }
  });

  test('listedOrigin: gives an origin as browsers send it, and nothing for anything else', () => {
    for (const [text, origin] of CASES.origins.listed) {
      assert.equal(listedOrigin(text), origin, text);
    }
    for (const text of CASES.origins.invalid) {
      assert.equal(listedOrigin(text), undefined, text);
    }
  });

  test('proxies: match addresses and networks of both versions', () => {
    const isProxy = proxies(CASES.proxies.networks);
    for (const address of CASES.proxies.members) assert.ok(isProxy(address), address);
    for (const address of CASES.proxies.others) assert.ok(!isProxy(address), address);
    assert.ok(!proxies([])('127.0.0.1'));
    for (const text of CASES.proxies.invalid) assert.throws(() => proxies([text]), RangeError, text);
  });
});
