// The page of www in Chromium, as a person uses it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, beforeEach, suite, test } from 'node:test';
import { startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { createClient } from '../harness/package.js';
import { KEY, SITE, startMediaService } from './media-service.js';
import { connect, keepScreenshot, openPage, settled, startSite } from './site.js';

const credentials = { key: KEY, site: SITE };
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a person reads there. */
// biome-ignore lint/performance/useDomNodeTextContent: texts that are hidden, and breaks between lines, matter here
const textOf = (locator) => locator.innerText();

/** The violations that axe-core finds, in words. */
async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
}

suite('the page', () => {
  const closing = leftovers();
  let service;
  let address;
  let browser;

  before(async () => {
    service = await startMediaService(closing);
    [address, browser] = await Promise.all([startSite(closing), startBrowser(closing)]);
  });
  beforeEach(() => service.reset());

  /** Opens the page; when the test is over, nothing may have gone wrong in it. */
  async function open(t, options) {
    const made = await openPage(browser, address, options);
    t.after(async () => {
      await made.context.close();
      assert.deepEqual(made.faults, []);
    });
    return made.page;
  }

  async function openConnected(t, options) {
    const page = await open(t, options);
    await connect(page, service, credentials);
    return page;
  }

  /** The text of a block of the panel. */
  const block = (page, heading) => page.locator('call-inspector .code', { has: page.getByRole('heading', { name: heading, exact: true }) }).locator('pre');
  const errorFields = (page) => page.locator('call-inspector .error-fields');
  const alert = (page) => page.locator('main section:not([hidden])').getByRole('alert');

  async function goTo(page, view) {
    await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click();
  }

  /** Gives a control of the view that is shown its value. */
  const field = (page, label) => page.locator('main section:not([hidden])').getByLabel(label, { exact: true });

  async function press(page, name) {
    await page.getByRole('button', { name, exact: true }).click();
    await settled(page);
  }

  test('serves itself under a strict policy', async () => {
    const { headers } = await fetch(`${address}/`);
    const policy = headers.get('content-security-policy');
    assert.match(policy, /default-src 'self'/);
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/]{43}='$/);
    assert.match(policy, /require-trusted-types-for 'script'/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)/);
  });

  test('says what to do when the package is not built', async (t) => {
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.route('**/wix-media/browser.js', (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(address);
    await page.getByRole('alert').waitFor();
    assert.match(await textOf(page.getByRole('alert')), /could not start[\s\S]*cargo xtask build/);
  });

  test('lists files, with the call as JavaScript, the request and the result', async (t) => {
    const page = await openConnected(t);
    assert.equal(await page.title(), 'Files · wix-media');
    await page.getByRole('heading', { name: '16 files' }).waitFor();
    const cards = page.locator('.file-card');
    assert.equal(await cards.count(), 16);
    assert.deepEqual(await cards.nth(0).locator('a, p').allInnerTexts(), ['Launch at dawn.jpg', 'Image · 4.81 MB', '28 Oct 2026']);
    await page.waitForFunction(() => document.querySelector('.file-card img.loaded')?.naturalWidth > 0);

    await field(page, 'Folder ID').fill('media-root');
    await field(page, 'Image').check();
    await field(page, 'Video').check();
    await field(page, 'Sort by').selectOption('Name');
    await field(page, 'Order').selectOption('Descending');
    await field(page, 'Files per page').fill('5');
    await press(page, 'List files');
    await page.getByRole('heading', { name: '5 files so far' }).waitFor();

    assert.equal(
      await textOf(block(page, 'JavaScript')),
      `import { createClient } from 'wix-media.v2';

const { files } = createClient({
  auth: {
    apiKey: process.env.WIX_API_KEY,
    siteId: '${SITE}',
  },
  baseUrl: '${service.origin}',
});

const pages = files.listFiles({
  parentFolderId: 'media-root',
  mediaTypes: ['IMAGE', 'VIDEO'],
  sort: { fieldName: 'displayName', order: 'DESC' },
  paging: { limit: 5 },
}).pages();
const { value: page } = await pages.next();`,
    );
    assert.equal(
      await textOf(block(page, 'HTTP request')),
      `GET ${service.origin}/site-media/v1/files
  ?parentFolderId=media-root
  &mediaTypes=IMAGE
  &mediaTypes=VIDEO
  &sort.fieldName=displayName
  &sort.order=DESC
  &paging.limit=5
Authorization: [redacted]
wix-site-id: ${SITE}`,
    );
    assert.match(await textOf(page.locator('call-inspector .answer')), /200 OK\s+\d+ ms\s+request req-2/);
    const result = await textOf(block(page, 'Result'));
    assert.match(result, /displayName: 'Spiral, detail.jpg'/);
    assert.match(result, /_updatedDate: new Date\('2026-/);
    await page.getByText('Answer as it came').click();
    await page.waitForFunction(() => document.querySelector('call-inspector details pre'));
    assert.match(await textOf(block(page, 'Body of the answer')), /"updatedDate": "2026-/);
  });

  test('goes on page by page, and takes up a page that failed', async (t) => {
    const page = await openConnected(t);
    await field(page, 'Files per page').fill('6');
    await press(page, 'List files');
    await press(page, 'Next page');
    await page.getByRole('heading', { name: '12 files so far' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Flat white.jpg');
    assert.match(await textOf(block(page, 'JavaScript')), /\/\/ … after 1 page:\nconst \{ value: page \} = await pages.next\(\);$/);
    assert.equal(service.requests.at(-1).query.get('paging.cursor'), '6');

    const { answers } = service;
    const working = answers['GET /files'];
    answers['GET /files'] = () => service.failure(403, 'PERMISSION_DENIED', 'Not now');
    await press(page, 'Next page');
    assert.match(await textOf(alert(page)), /You may not do this/);
    assert.equal(await page.locator('.file-card').count(), 12);
    answers['GET /files'] = working;
    service.requests.length = 0;
    await press(page, 'Next page');
    await page.getByRole('heading', { name: '16 files', exact: true }).waitFor();
    assert.deepEqual(service.requests.map(({ query }) => query.get('paging.cursor')), ['12']);
    assert.equal(await alert(page).count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Next page' }).count(), 0);
    await page.getByText('That is all: 3 pages.').waitFor();
  });

  test('shows files as a table too, and remembers that', async (t) => {
    const page = await openConnected(t);
    await page.getByRole('radio', { name: 'List' }).check();
    const rows = page.getByRole('row');
    assert.deepEqual(await rows.nth(0).getByRole('columnheader').allInnerTexts(), ['Name', 'Type', 'Size', 'Last change']);
    assert.equal(await rows.count(), 17);
    assert.match(await textOf(rows.filter({ hasText: 'Espresso machine.glb' })), /Processing/);
    assert.match(await textOf(rows.filter({ hasText: 'Price list.xlsx' })), /Private\s+Document\s+88.1 kB/);
    await press(page, 'List files');
    assert.equal(await page.getByRole('row').count(), 17);
  });

  test('tells all about a file, by its card, its id or its wix: URL', async (t) => {
    const page = await openConnected(t);
    const [, file] = service.files;
    await page.getByRole('link', { name: file.displayName }).click();
    await page.getByRole('heading', { name: file.displayName }).waitFor();
    assert.equal(await page.title(), 'File details · wix-media');
    assert.equal(await field(page, 'File ID or wix: URL').inputValue(), file.id);
    const details = await textOf(page.locator('.details'));
    for (const text of ['Image', '2.46 MB', '3840 × 2160 pixels', '27 October 2026 at 02:30:00', 'whiskers', file.id, file.url]) {
      assert.ok(details.includes(text), `${text} in ${details}`);
    }
    const shown = JSON.parse(await textOf(page.locator('main .code pre')));
    assert.equal(shown._id, file.id);
    assert.equal(shown._updatedDate, file.updatedDate);
    assert.equal(await textOf(block(page, 'HTTP request')), `GET ${service.origin}/site-media/v1/files/get-file-by-id
  ?fileId=${encodeURIComponent(file.id)}
Authorization: [redacted]
wix-site-id: ${SITE}`.replace('~', '%7E'));

    await field(page, 'File ID or wix: URL').fill(`wix:image://v1/${service.files[4].id}/portrait.jpg#originWidth=3&originHeight=4`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Crew portrait.jpg' }).waitFor();

    // Back in the browser: the list is as it was.
    const before = service.requests.length;
    await page.goBack();
    await page.getByRole('heading', { name: '16 files' }).waitFor();
    assert.equal(service.requests.length, before);
  });

  test('calls Wix itself unless told otherwise, and asks its image host for small pictures', async (t) => {
    service.reset('https://static.wixstatic.com');
    const page = await open(t);
    const pictures = [];
    await page.route(/^https:\/\/(www\.wixapis|static\.wixstatic)\.com\//, async (route) => {
      const url = new URL(route.request().url());
      if (url.host === 'static.wixstatic.com') pictures.push(url.pathname);
      await route.fulfill({ response: await route.fetch({ url: service.origin + url.pathname + url.search }) });
    });
    await field(page, 'API key').fill(KEY);
    await field(page, 'Site ID').fill(SITE);
    await press(page, 'Connect and list files');
    await page.getByRole('heading', { name: '16 files' }).waitFor();
    assert.match(await textOf(block(page, 'HTTP request')), /^GET https:\/\/www\.wixapis\.com\/site-media\/v1\/files\n/);
    assert.doesNotMatch(await textOf(block(page, 'JavaScript')), /baseUrl/);
    await page.mouse.move(0, 0);
    await page.waitForFunction(() => [...document.querySelectorAll('.file-card img')].slice(0, 6).every((image) => image.matches('.loaded')));
    await keepScreenshot(page, 'overview');
    assert.ok(pictures.includes(`/media/${service.files[0].id}/v1/fill/w_360,h_270,al_c,q_80,enc_auto/${service.files[0].id.replace('.jpg', '')}.jpg`), pictures.join());
    assert.ok(pictures.includes(`/media/${service.files[7].id}`), 'a drawing is small already');
  });

  test('makes a folder and lists what is in it', async (t) => {
    const page = await openConnected(t);
    await goTo(page, 'New folder');
    await field(page, 'Name').fill('Holidays 2026');
    await field(page, 'Parent folder ID').fill('visitor-uploads');
    await press(page, 'Create folder');
    await page.getByRole('heading', { name: 'Holidays 2026' }).waitFor();
    assert.deepEqual(service.requests.at(-1).body, { displayName: 'Holidays 2026', parentFolderId: 'visitor-uploads' });
    assert.match(await textOf(block(page, 'JavaScript')), /createFolder\(\n {2}'Holidays 2026',\n {2}\{ parentFolderId: 'visitor-uploads' \},\n\);$/);
    assert.match(await textOf(block(page, 'HTTP request')), /Content-Type: application\/json[\s\S]*"displayName": "Holidays 2026"/);
    await page.getByRole('link', { name: 'List its files' }).click();
    await page.getByRole('heading', { name: 'No files' }).waitFor();
    await page.getByText('This folder holds no files').waitFor();
  });

  test('calls every function from its example', async (t) => {
    const page = await openConnected(t);
    await goTo(page, 'All functions');
    const choice = field(page, 'Function');
    const client = createClient({ headers: {} });
    const functions = ['files', 'folders'].flatMap((group) =>
      Object.keys(client[group])
        .filter((name) => typeof client[group][name] === 'function' && !/^on[A-Z]/.test(name))
        .map((name) => `${group}.${name}`),
    );
    assert.equal(functions.length, 27);
    assert.deepEqual(await choice.locator('option').allInnerTexts(), functions);

    const { answers } = service;
    const anything = { json: { file: {}, folder: {}, files: [], folders: [], results: [] } };
    for (const path of Object.keys(answers)) delete answers[path];
    Object.setPrototypeOf(answers, new Proxy({}, { get: () => () => anything }));
    for (const name of functions) {
      await choice.selectOption(name);
      assert.match(await textOf(page.locator('#functions-about')), /^[A-Z].*\.$/, name);
      const texts = await page.locator('#functions-arguments textarea').evaluateAll((inputs) => inputs.map(({ value }) => value));
      service.requests.length = 0;
      await press(page, 'Call');
      await page.getByRole('heading', { name: 'Result', level: 2 }).waitFor();
      assert.equal(service.requests.length, 1, name);
      assert.ok((await textOf(block(page, 'JavaScript'))).includes(`await ${name}(`), name);
      // What the example says is what travels: nothing in it is misspelt and dropped.
      const { path, query, body } = service.requests[0];
      const sent = decodeURIComponent(path) + [...query.values()].join(' ') + JSON.stringify(body);
      const check = (key, value) => {
        if (typeof value !== 'object') assert.ok(sent.includes(String(value)), `${name}: ${key} in ${sent}`);
        return value;
      };
      for (const text of texts) JSON.parse(text, check);
    }
  });

  test('refuses what is not JSON, shows which argument was refused, and knows the query builder', async (t) => {
    const page = await openConnected(t);
    await goTo(page, 'All functions');
    await field(page, 'Function').selectOption('files.getFileDescriptor');
    const id = page.getByLabel('fileId');
    assert.equal(JSON.parse(await id.inputValue()), service.files[0].id, 'the example uses a file that was listed');
    service.requests.length = 0;

    await id.fill('river.jpg');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText('This is not JSON').waitFor();
    assert.equal(await id.getAttribute('aria-invalid'), 'true');

    await id.fill('42');
    await press(page, 'Call');
    assert.match(await textOf(alert(page)), /An argument was refused\s+fileId must be a string/);
    assert.match(await textOf(page.locator('#functions-arguments .complaint')), /fileId must be a string/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'argument-fileId');
    await page.getByText('No request was sent.').waitFor();
    assert.match(await textOf(errorFields(page)), /code\s+INVALID_ARGUMENT\s+status\s+400[\s\S]*"field": "fileId"/);
    assert.equal(service.requests.length, 0);

    await page.getByRole('button', { name: 'Back to the example' }).click();
    assert.equal(await page.locator('.complaint').count(), 0);
    await press(page, 'Call');
    assert.match(await textOf(page.locator('main .code pre')), /displayName: 'Launch at dawn.jpg'/);

    await field(page, 'Function').selectOption('files.queryFileDescriptors');
    await page.getByLabel('query').fill('');
    await press(page, 'Call');
    assert.match(await textOf(block(page, 'JavaScript')), /await files\.queryFileDescriptors\(\)\.find\(\);$/);
    assert.match(await textOf(page.locator('main .code pre')), /items: \[[\s\S]*length: 2/);
  });

  test('tells what to do about errors', async (t) => {
    const page = await openConnected(t);
    const { answers } = service;
    const list = async (answer) => {
      answers['GET /files'] = () => answer;
      await goTo(page, 'Files');
      await press(page, 'List files');
      return textOf(alert(page));
    };
    assert.match(await list(service.failure(403, 'PERMISSION_DENIED', 'Not yours')), /You may not do this\s+.*Not yours[\s\S]*permission to manage/);
    assert.match(await textOf(errorFields(page)), /name\s+WixMediaError\s+code\s+PERMISSION_DENIED\s+status\s+403\s+operation\s+files.listFiles\s+requestId\s+req-\d+\s+retry\s+never/);
    assert.match(await list({ status: 404, text: '<html>nothing</html>' }), /Not found/);
    assert.match(await list({ text: '<html>hello</html>' }), /Not an answer of the Media Manager[\s\S]*Check the base URL/);

    await goTo(page, 'File details');
    await field(page, 'File ID or wix: URL').fill('nobody.jpg');
    await press(page, 'Get details');
    assert.match(await textOf(alert(page)), /There is nothing by this id/);
    assert.match(await textOf(errorFields(page)), /code\s+RESOURCE_NOT_FOUND/);

    await goTo(page, 'Files');
    service.reset();
    await field(page, 'Files per page').fill('500');
    await press(page, 'List files');
    const limit = field(page, 'Files per page');
    assert.equal(await limit.getAttribute('aria-invalid'), 'true');
    assert.match(await textOf(page.locator(`#${await limit.getAttribute('aria-describedby')}`)), /options.paging.limit must be less than or equal to 100/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'files-limit');
    await limit.fill('24');
    await press(page, 'List files');
    assert.equal(await limit.getAttribute('aria-invalid'), null);
  });

  test('shows a retry, and cancels a call', async (t) => {
    const page = await openConnected(t);
    const { answers } = service;
    const working = answers['GET /files'];
    let calls = 0;
    answers['GET /files'] = (call) => ((calls += 1) === 1 ? { ...service.failure(503, 'BUSY', 'Busy'), headers: { 'retry-after': '0' } } : working(call));
    await press(page, 'List files');
    await page.getByRole('heading', { name: 'HTTP request 2 of 2' }).waitFor();
    assert.match(await textOf(page.locator('call-inspector')), /503 Service Unavailable[\s\S]*Answered 503: the client waits[\s\S]*200 OK/);

    let release;
    answers['GET /files'] = async (call) => {
      await new Promise((resolve) => (release = resolve));
      return working(call);
    };
    await page.getByRole('button', { name: 'List files' }).click();
    await page.getByText('Waiting for the answer…').waitFor();
    await press(page, 'Cancel');
    await page.locator('main').getByText('You cancelled this call.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'List files');
    release();
  });

  test('says when nobody answers, and what an address has to be', async (t) => {
    const page = await open(t);
    await field(page, 'Base URL').fill('wixapis');
    await page.getByRole('button', { name: 'Connect and list files' }).click();
    await page.getByText('This is not an address').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'base-url');
    for (const [wrong, words] of [['ftp://127.0.0.1', 'https:// or http://'], ['http://name:word@127.0.0.1', 'name or password'], ['http://127.0.0.1/?a', 'before any']]) {
      await field(page, 'Base URL').fill(wrong);
      await page.getByRole('button', { name: 'Connect and list files' }).click();
      await page.locator('.complaint', { hasText: words }).waitFor();
    }
    assert.equal(await page.locator('.complaint').count(), 1);

    // Port 9 is for nobody.
    await field(page, 'Base URL').fill('http://127.0.0.1:9');
    await page.getByRole('button', { name: 'Connect and list files' }).click();
    await alert(page).waitFor({ timeout: 20_000 });
    assert.match(await textOf(alert(page)), /No answer[\s\S]*http:\/\/127\.0\.0\.1:9 running[\s\S]*CORS/);
    assert.match(await textOf(errorFields(page)), /code\s+NETWORK[\s\S]*cause\s+TypeError/);
  });

  test('shows names of any kind as names', async (t) => {
    const markup = '<img src=x onerror="globalThis.broken = true"><script>globalThis.broken = true</script>';
    const names = [markup, 'x'.repeat(1000), 'شجرة الزيتون '.repeat(40), 'invoice\u202Egpj.exe', '"\'`</textarea>', 'a\u0000\n\ud83d'];
    service.add(...names.map((displayName) => ({ displayName })));
    service.add({ displayName: markup, thumbnailUrl: 'javascript:globalThis.broken=true', url: 'javascript:globalThis.broken=true', mediaType: 'IMAGE' });
    service.add({ displayName: undefined, mediaType: '<b>NEW</b>', sizeInBytes: '-1', updatedDate: 'never', createdDate: 'never', labels: [markup, 5] });
    service.files.push(null);
    const hostile = { id: markup, displayName: markup, parentFolderId: markup, hash: markup, sourceUrl: 'javascript:alert()', labels: [markup] };
    const page = await openConnected(t);
    const cards = page.locator('.file-card');
    assert.equal(await cards.count(), 24);
    assert.equal(await cards.nth(16).locator('a').textContent(), markup);
    assert.equal(await cards.nth(17).locator('a').getAttribute('title'), names[1]);
    assert.equal(await cards.nth(18).locator('a').evaluate((link) => getComputedStyle(link).direction), 'rtl');
    assert.equal(await cards.nth(22).locator('img').count(), 0);
    assert.deepEqual(await cards.nth(23).locator('p').allInnerTexts(), ['<b>NEW</b> · –', '–']);
    assert.ok((await textOf(block(page, 'Result'))).includes(String.raw`'invoice\u202egpj.exe'`), 'what turns text around is spelt out');
    await keepScreenshot(page, 'hostile-names');
    for (const size of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
      await page.setViewportSize(size);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing sticks out at ${size.width}`);
    }

    await page.setViewportSize({ width: 1280, height: 800 });
    service.answers['GET /files/get-file-by-id'] = () => ({ json: {} });
    await goTo(page, 'File details');
    await field(page, 'File ID or wix: URL').fill(markup);
    await press(page, 'Get details');
    await page.getByText('The service answered without a file.').waitFor();
    service.answers['GET /files/get-file-by-id'] = () => ({ json: { file: { ...service.files[0], ...hostile } } });
    await press(page, 'Get details');
    assert.equal(await page.locator('.file h2').textContent(), markup);
    assert.ok((await textOf(page.locator('.details'))).includes('javascript:alert()'));

    service.answers['POST /folders'] = ({ body }) => service.violation('displayName', `${markup} ${body.displayName}`, 'FORMAT');
    await goTo(page, 'New folder');
    await field(page, 'Name').fill(markup);
    await press(page, 'Create folder');
    assert.ok((await textOf(page.locator('#folder-form .complaint'))).includes(markup));

    const { links, images, broken } = await page.evaluate(() => ({
      links: [...document.querySelectorAll('a')].map(({ href }) => new URL(href).protocol),
      images: [...document.querySelectorAll('img')].map(({ src }) => new URL(src).protocol),
      broken: globalThis.broken,
    }));
    assert.deepEqual([...new Set([...links, ...images])].sort(), ['http:', 'https:']);
    assert.equal(broken, undefined);
  });

  test('never shows or stores the key, whoever sends it back', async (t) => {
    const page = await openConnected(t);
    const { answers } = service;
    const echo = { ...service.files[0], displayName: 'ordinary.jpg', labels: [KEY], sourceUrl: `http://127.0.0.1/?key=${KEY}` };
    answers['GET /files'] = () => service.failure(403, 'PERMISSION_DENIED', `The key ${KEY} may not`);
    answers['GET /files/get-file-by-id'] = () => ({ json: { file: echo } });
    answers['POST /folders'] = () => service.violation('displayName', `goes with ${KEY}`, 'CUSTOM', { key: KEY });
    await press(page, 'List files');
    await goTo(page, 'New folder');
    await press(page, 'Create folder');
    await field(page, 'Name').fill('Holidays');
    await press(page, 'Create folder');
    await goTo(page, 'All functions');
    await field(page, 'Function').selectOption('files.getFileDescriptor');
    await press(page, 'Call');
    await page.getByText('Answer as it came').click();
    await block(page, 'Body of the answer').waitFor();
    assert.match(await textOf(block(page, 'Body of the answer')), /"\[redacted\]"/);
    for (const entry of await page.locator('.earlier button').all()) {
      await entry.click();
      const html = await page.evaluate(() => document.documentElement.outerHTML);
      assert.ok(!html.includes(KEY));
    }

    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state]));
    assert.ok(!kept.includes(KEY) && !kept.includes(SITE), kept);
    assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
    assert.ok(service.requests.every(({ query, headers }) => !query.toString().includes(KEY) && !headers.referer));

    await page.getByRole('link', { name: /^Connection:/ }).click();
    assert.equal(await field(page, 'API key').getAttribute('type'), 'password');
    await page.getByRole('button', { name: 'Forget the key' }).click();
    assert.equal(await field(page, 'API key').inputValue(), '');
    await goTo(page, 'Files');
    await press(page, 'List files');
    assert.match(await textOf(alert(page)), /does not know you[\s\S]*Check the API key/);
    assert.equal(service.requests.at(-1).headers.authorization, undefined);
    await page.reload();
    assert.equal(await page.locator('#api-key').inputValue(), '');
  });

  test('is complete by keyboard', async (t) => {
    const page = await open(t);
    const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
    const tab = async (times = 1) => {
      for (let time = 0; time < times; time += 1) await page.keyboard.press('Tab');
      return focus();
    };
    assert.equal(await tab(), 'Skip to the form');
    await page.keyboard.press('Enter');
    assert.equal(await focus(), 'main');
    assert.equal(await tab(), 'base-url');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(service.origin);
    assert.equal(await tab(), 'api-key');
    await page.keyboard.type(KEY);
    // A link in a hint comes between.
    assert.equal(await tab(2), 'site-id');
    await page.keyboard.type(SITE);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '16 files' }).waitFor();
    assert.equal(await focus(), 'files-heading');
    assert.equal(await tab(), 'files-folder');

    // Through the form and the layout to the first file, and into it.
    const seen = [];
    for (let at = await focus(); at !== 'Launch at dawn.jpg'; at = await tab()) {
      seen.push(at);
      assert.ok(seen.length < 30, seen.join());
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Launch at dawn.jpg' }).waitFor();
    assert.equal(await focus(), 'file-heading');
    const visible = await page.evaluate(async () => {
      const outlines = [];
      for (const target of document.querySelectorAll('main section:not([hidden]) :is(a, button, input), call-inspector :is(button, pre, summary)')) {
        if (!target.checkVisibility()) continue;
        target.focus({ focusVisible: true });
        outlines.push(document.activeElement === target && getComputedStyle(target).outlineStyle !== 'none');
      }
      return outlines;
    });
    assert.ok(visible.length > 10 && visible.every(Boolean), 'whatever takes the focus shows it');
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`has no barriers in any view, ${colorScheme}`, async (t) => {
      const page = await open(t, { colorScheme });
      const view = async (name, act = () => {}) => {
        await act();
        await settled(page);
        await page.mouse.move(0, 0);
        await page.evaluate(() => document.activeElement.blur());
        assert.deepEqual(await barriers(page), [], name);
        await keepScreenshot(page, `${colorScheme}-${name}`);
        await page.setViewportSize({ width: 390, height: 844 });
        assert.deepEqual(await barriers(page), [], `${name} on a phone`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: nothing sticks out`);
        await keepScreenshot(page, `${colorScheme}-${name}-phone`, { fullPage: true });
        await page.setViewportSize({ width: 1280, height: 800 });
      };
      await view('connection');
      await view('files', () => connect(page, service, credentials));
      await view('files-list', () => page.getByRole('radio', { name: 'List' }).check());
      await view('files-empty', async () => {
        await field(page, 'Other').check();
        await press(page, 'List files');
      });
      await view('files-refused', async () => {
        await field(page, 'Files per page').fill('500');
        await press(page, 'List files');
      });
      await view('file', () => page.goto(`${address}/#file?${new URLSearchParams({ id: service.files[1].id })}`));
      await view('folder', async () => {
        await goTo(page, 'New folder');
        await field(page, 'Name').fill('Holidays 2026');
        await press(page, 'Create folder');
      });
      await view('functions', async () => {
        await goTo(page, 'All functions');
        await field(page, 'Function').selectOption('files.queryFileDescriptors');
        await press(page, 'Call');
      });
    });
  }

  test('fits windows of every width', async (t) => {
    const page = await openConnected(t);
    for (const width of [320, 480, 735, 736, 900, 1023, 1024, 1440, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing sticks out at ${width}`);
      await keepScreenshot(page, `files-${width}`);
    }
  });
});
