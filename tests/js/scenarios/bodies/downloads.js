import { equal, match, ok } from '../check.js';
import { noise, samples } from '../samples.js';
import { about, scenario } from '../scenario.js';
import { present } from '../../harness/present.js';

/** @import { World } from '../scenario.js' */

about('downloads');

scenario('static URLs and their headers', async ({ upload, send }) => {
  const file = await upload('photo.png', samples.png);
  const response = await send(file.url);
  const headers = Object.fromEntries(['content-type', 'content-length', 'accept-ranges', 'cache-control', 'access-control-allow-origin'].map((name) => [name, response.headers.get(name)]));
  equal(headers, { 'content-type': 'image/png', 'content-length': String(samples.png.length), 'accept-ranges': 'bytes', 'cache-control': 'public, max-age=15552000, immutable', 'access-control-allow-origin': '*' });
  equal(new Uint8Array(await response.arrayBuffer()), samples.png);
  const head = await send(file.url, { method: 'HEAD' });
  equal([head.status, head.headers.get('content-length'), (await head.arrayBuffer()).byteLength], [200, String(samples.png.length), 0]);
  const tag = response.headers.get('etag');
  equal((await send(file.url, { headers: { 'if-none-match': String(tag) } })).status, 304);
  equal((await send(file.url, { method: 'POST', body: 'x' })).status, 405);
  equal((await send(file.url.replace('/media/', '/ugd/'))).status, 404);
  equal((await send(file.url.replace('~mv2', '~mv3'))).status, 404);
});

scenario('ranges', async ({ upload, send }) => {
  const content = noise(1000);
  const { url } = await upload('noise.bin', content);
  /** @param {string} value */
  const range = async (value, headers = {}) => {
    const response = await send(url, { headers: { range: value, ...headers } });
    return [response.status, response.headers.get('content-range'), response.headers.get('content-length'), new Uint8Array(await response.arrayBuffer())];
  };
  equal(await range('bytes=0-0'), [206, 'bytes 0-0/1000', '1', content.subarray(0, 1)]);
  equal(await range('bytes=10-19'), [206, 'bytes 10-19/1000', '10', content.subarray(10, 20)]);
  equal(await range('bytes=990-'), [206, 'bytes 990-999/1000', '10', content.subarray(990)]);
  equal(await range('bytes=-5'), [206, 'bytes 995-999/1000', '5', content.subarray(995)]);
  equal(await range('bytes=-5000'), [206, 'bytes 0-999/1000', '1000', content]);
  equal(await range('bytes=500-99999'), [206, 'bytes 500-999/1000', '500', content.subarray(500)]);
  equal((await range('bytes=1000-')).slice(0, 2), [416, 'bytes */1000']);
  for (const odd of ['bytes=5-1', 'bytes=x', 'lines=0-1', 'bytes=0-1,5-6']) equal([odd, (await range(odd))[0]], [odd, 200]);
  const tag = (await send(url)).headers.get('etag');
  equal((await range('bytes=0-9', { 'if-range': tag }))[0], 206);
  equal((await range('bytes=0-9', { 'if-range': '"another"' }))[0], 200);
});

scenario('a temporary link: name, disposition, expiry', { needs: ['clock'] }, async ({ upload, files, send, pass }) => {
  const file = await upload('report.txt', 'the report');
  /** @param {object} [options] */
  const link = async (options) => {
    const { downloadUrls } = await files.generateFileDownloadUrl(file._id, options);
    equal(downloadUrls.map(({ assetKey }) => assetKey), ['src']);
    return downloadUrls[0].url;
  };
  const plain = await link();
  const response = await send(plain);
  equal([response.status, await response.text()], [200, 'the report']);
  match(response.headers.get('content-disposition'), /^attachment; filename="report\.txt"/);
  equal((await send(plain, { headers: { range: 'bytes=4-' } })).status, 206);
  const inline = await send(await link({ contentDisposition: 'INLINE', downloadFileName: 'shown.html' }));
  match(inline.headers.get('content-disposition'), /^inline; filename="shown\.html"/);
  const odd = await send(await link({ downloadFileName: 'kräftig "zitiert".txt' }));
  match(odd.headers.get('content-disposition'), /filename\*=UTF-8''kr%C3%A4ftig/i);
  const short = await link({ expirationInMinutes: 1 });
  const redirecting = await link({ expirationInMinutes: 1, expirationRedirectUrl: 'https://example.com/expired' });
  equal([(await send(short)).status, (await send(redirecting)).status], [200, 200]);
  await pass(71_000);
  equal((await send(short)).status, 403);
  const redirect = await send(redirecting, { redirect: 'manual' });
  equal([redirect.status, redirect.headers.get('location')], [302, 'https://example.com/expired']);
  equal((await send(plain)).status, 200, 'ten hours, unless told otherwise');
  await pass(600 * 60_000);
  equal((await send(plain)).status, 403);
});

scenario('invalid links', async ({ upload, files, send, refused }) => {
  const [one, other] = [await upload('one.txt', 'one'), await upload('other.txt', 'other')];
  const { downloadUrls } = await files.generateFileDownloadUrl(one._id);
  const url = new URL(downloadUrls[0].url);
  equal((await send(`${url.origin}${url.pathname}`)).status, 403);
  equal((await send(`${url.href.slice(0, -4)}abcd`)).status, 403);
  equal((await send(url.href.replace(one._id, other._id))).status, 403, 'a link is for one file');
  await refused(files.generateFileDownloadUrl(one._id, { assetKeys: ['720p.mp4'] }), { code: 'INVALID_ASSET_KEY' });
  await refused(files.generateFileDownloadUrl(one._id, { expirationInMinutes: 0 }), { violations: ['options.expirationInMinutes MIN'] });
  await refused(files.generateFileDownloadUrl(one._id, { expirationInMinutes: 525_601 }), { violations: ['options.expirationInMinutes MAX'] });
  await refused(files.generateFileDownloadUrl(one._id, { downloadFileName: 'x'.repeat(101) }), { violations: ['options.downloadFileName MAX_LENGTH'] });
  await refused(files.generateFileDownloadUrl(one._id, { expirationRedirectUrl: 'javascript:alert(1)' }), { violations: ['options.expirationRedirectUrl FORMAT'] });
  await files.bulkDeleteFiles([one._id]);
  equal((await send(url.href)).status, 200, 'from the trash it still works');
  await files.bulkDeleteFiles([one._id], { permanent: true });
  equal((await send(url.href)).status, 404);
});

scenario('assets in the requested order', { needs: ['clock'] }, async ({ sample, files, pass, bytes }) => {
  const [film, sound] = [await sample('mp4'), await sample('wav')];
  await pass(1000);
  const { downloadUrls } = await files.generateFileDownloadUrl(film._id, { assetKeys: ['240p.mp4', 'src'] });
  equal(downloadUrls.map(({ assetKey }) => assetKey), ['240p.mp4', 'src']);
  for (const { url } of downloadUrls) equal(await bytes(url), samples.mp4);
  const ofSound = await files.generateFileDownloadUrl(sound._id, { assetKeys: ['320kbs.mp3'] });
  equal(await bytes(ofSound.downloadUrls[0].url), samples.wav);
});

scenario('private files', { needs: ['clock'] }, async ({ sample, upload, files, send, bytes, pass }) => {
  const file = await upload('secret.png', samples.png, { private: true });
  equal([file.private, (await send(file.url)).status], [true, 403]);
  ok((await send(file.thumbnailUrl)).status === 200, 'the thumbnail is shown');
  const { downloadUrls } = await files.generateFileDownloadUrl(file._id);
  equal(await bytes(downloadUrls[0].url), samples.png);
  const again = await files.updateFileDescriptor({ ...file, private: false, displayName: 'still secret.png' });
  equal(again.private, true, 'private is for ever');
  const film = await sample('mp4', { private: true });
  await pass(500);
  equal((await send((await files.getFileDescriptor(film._id)).url)).status, 403);
});

scenario('transformed images', { needs: ['clock'] }, async ({ upload, files, send, pass }) => {
  const file = await upload('photo.png', samples.png);
  equal((await files.getFileDescriptor(file._id)).media.image.colors.prominent.rgb, { r: 200, g: 60, b: 40 });
  /** @param {Response} response */
  const size = async (response) => {
    const bytes = new DataView(await response.arrayBuffer());
    return [response.status, response.headers.get('content-type'), bytes.getUint32(16), bytes.getUint32(20)];
  };
  // A picture of 3 by 2: the edges bind, and nothing is made larger.
  equal(await size(await send(`${file.url}/v1/fit/w_2,h_2/x.png`)), [200, 'image/png', 2, 1]);
  equal(await size(await send(`${file.url}/v1/fill/w_2,h_2,al_c/x.png`)), [200, 'image/png', 2, 2]);
  equal(await size(await send(`${file.url}/v1/crop/x_1,y_0,w_1,h_2/x.png`)), [200, 'image/png', 1, 2]);
  equal(await size(await send(`${file.url}/v1/fit/w_50,h_50/x.png`)), [200, 'image/png', 3, 2]);
  equal((await send(`${file.url}/v1/fit/w_0,h_2/x.png`)).status, 400);
  equal((await send(`${file.url}/v1/spin/w_2,h_2/x.png`)).status, 403);
  const secret = await upload('secret.png', samples.png, { private: true });
  equal((await send(`${secret.url}/v1/fit/w_2,h_2/x.png`)).status, 403);
  await files.bulkDeleteFiles([file._id], { permanent: true });
  await pass(0);
  equal((await send(`${file.url}/v1/fit/w_2,h_2/x.png`)).status, 404);
});

scenario('URLs inside the media of a private file are empty', async ({ put }) => {
  const { media, url } = await put('secret.pdf', samples.pdf, { private: true });
  equal(media.document.url, '');
  ok(url);
});

scenario('streams', { needs: ['clock'] }, async ({ sample, files, send, pass, refused, put }) => {
  const { _id } = await sample('mp4');
  await refused(files.generateVideoStreamingUrl(_id), { code: 'FILE_NOT_READY' });
  await refused(files.generateVideoStreamingUrl((await sample('png'))._id), { code: 'UNSUPPORTED_MEDIA_TYPE' });
  await pass(500);
  await refused(files.generateVideoStreamingUrl(_id, { expirationInMinutes: 59 }), { violations: ['options.expirationInMinutes MIN'] });
  await refused(files.generateVideoStreamingUrl(_id, { expirationInMinutes: 1441 }), { violations: ['options.expirationInMinutes MAX'] });
  /** @param {string} url */
  const play = async (url) => {
    const master = await (await send(url)).text();
    match(master, /^#EXTM3U/);
    const index = new URL(present(master.split('\n').find((line) => line && !line.startsWith('#'))), url).href;
    const list = await (await send(index)).text();
    match(list, /#EXT-X-ENDLIST/);
    const segment = new URL(present(list.split('\n').find((line) => line && !line.startsWith('#'))), index).href;
    return send(segment, { headers: { range: 'bytes=0-7' } });
  };
  const { downloadUrl } = await files.generateVideoStreamingUrl(_id);
  equal(downloadUrl.assetKey, 'HLS');
  equal(new Uint8Array(await (await play(downloadUrl.url)).arrayBuffer()), samples.mp4.subarray(0, 8));
  const dash = await files.generateVideoStreamingUrl(_id, { format: 'DASH' });
  match(await (await send(dash.downloadUrl.url)).text(), /<MPD /);
  equal(dash.downloadUrl.assetKey, 'DASH');
  const secret = await put('secret.mp4', samples.mp4, { private: true });
  await pass(500);
  const locked = await files.generateVideoStreamingUrl(secret.id, { expirationInMinutes: 60 });
  equal((await play(locked.downloadUrl.url)).status, 206);
  equal((await send(locked.downloadUrl.url.split('?')[0])).status, 403);
  await pass(60 * 60_000);
  await pass(11_000);
  equal((await send(locked.downloadUrl.url)).status, 403);
  equal((await send(downloadUrl.url)).status, 200, 'the URL of a public video does not end');
});

/**
 * The entries of a zip by an independent reader, which checks the sums: `{ path: bytes }`, folders as null.
 *
 * @param {Pick<World, 'libraries'>} world
 * @param {Uint8Array} content
 */
async function unzip({ libraries: { zip } }, content) {
  const reader = new zip.ZipReader(new zip.Uint8ArrayReader(content), { useWebWorkers: false, checkSignature: true });
  /** @type {Record<string, string | null>} */
  const found = {};
  for (const entry of await reader.getEntries()) {
    found[entry.filename] = entry.directory ? null : new TextDecoder().decode(await entry.getData(new zip.Uint8ArrayWriter()));
  }
  await reader.close();
  return found;
}

scenario('a zip of files', { needs: ['clock'] }, async (world) => {
  const { upload, files, send, pass } = world;
  const ids = [];
  for (const [name, content, options] of /** @type {[name: string, content: string, options?: { mimeType?: string, private?: boolean }][]} */ ([
    ['same.txt', 'first'], ['same.txt', 'second'], ['SAME.txt', 'third'], ['../up/\\.txt', 'harmless', { mimeType: 'text/plain' }], ['.hidden.txt', 'shown'], ['ünïcödé 🦊.txt', 'fox'], ['secret.txt', 'secret', { private: true }],
  ])) {
    ids.push((await upload(name, content, options))._id);
    await pass(1000);
  }
  const film = await upload('pending.mp4', samples.mp4);
  const { downloadUrl } = await files.generateFilesDownloadUrl([...ids, film._id, ids[0], 'unknown']);
  match(downloadUrl, /\/archive\/wix\/[0-9a-f]{32}$/);
  const response = await send(downloadUrl);
  equal([response.status, response.headers.get('content-type')], [200, 'application/zip']);
  match(response.headers.get('content-disposition'), /^attachment; filename="files\.zip"/);
  const content = new Uint8Array(await response.arrayBuffer());
  equal(response.headers.get('content-length'), String(content.length));
  equal(await unzip(world, content), {
    'same.txt': 'first', 'same (1).txt': 'second', 'SAME (2).txt': 'third', '___up__.txt': 'harmless', '_hidden.txt': 'shown', 'ünïcödé 🦊.txt': 'fox',
  });
  // The URL fixes the content of the zip.
  await files.bulkDeleteFiles([ids[1]], { permanent: true });
  await files.updateFileDescriptor({ _id: ids[0], displayName: 'renamed.txt' });
  equal(await unzip(world, new Uint8Array(await (await send(downloadUrl)).arrayBuffer())), await unzip(world, content));
});

scenario('a zip of a folder', { needs: ['clock'] }, async (world) => {
  const { upload, folder, folders, files, send, refused, pass } = world;
  const top = await folder('My Trip');
  const day = await folder('Day 1', top);
  await pass(1000);
  await folder('Empty', top);
  await upload('map.txt', 'map', { parentFolderId: top });
  await upload('beach.txt', 'beach', { parentFolderId: day });
  const gone = await upload('gone.txt', 'gone', { parentFolderId: day });
  await files.bulkDeleteFiles([gone._id]);
  const { downloadUrl } = await folders.generateFolderDownloadUrl(top);
  const response = await send(downloadUrl);
  match(response.headers.get('content-disposition'), /filename="My Trip\.zip"/);
  equal(await unzip(world, new Uint8Array(await response.arrayBuffer())), { 'map.txt': 'map', 'Day 1/': null, 'Day 1/beach.txt': 'beach', 'Empty/': null });
  const whole = await folders.generateFolderDownloadUrl('media-root');
  equal(Object.keys(await unzip(world, new Uint8Array(await (await send(whole.downloadUrl)).arrayBuffer()))).includes('My Trip/Day 1/beach.txt'), true);
  const empty = await folders.generateFolderDownloadUrl(await folder('Nothing'));
  equal(await unzip(world, new Uint8Array(await (await send(empty.downloadUrl)).arrayBuffer())), {});
  equal((await send(empty.downloadUrl.slice(0, -4).concat('0000'))).status, 404);
  await refused(files.generateFilesDownloadUrl([]), { violations: ['fileIds MIN_SIZE'] });
  await refused(files.generateFilesDownloadUrl(Array(1001).fill('x')), { violations: ['fileIds MAX_SIZE'] });
});

scenario('a zip of more than a thousand files is refused', async ({ manager, folder, folders, refused }) => {
  const id = await folder('Many');
  await manager.seed(Array.from({ length: 1001 }, (_, number) => ({ path: `/Many/${number}.txt`, content: 'x' })));
  const error = await refused(folders.generateFolderDownloadUrl(id), { code: 'TOO_MANY_FILES' });
  equal(error.details.applicationError.data.limit, 1000);
});

scenario('icons for other files', async ({ sample, send }) => {
  for (const kind of /** @type {const} */ (['pdf', 'zip', 'glb'])) {
    const { thumbnailUrl } = await sample(kind);
    const response = await send(thumbnailUrl);
    equal([kind, response.status], [kind, 200]);
    match(response.headers.get('content-type'), /^image\//);
  }
});

scenario('an SVG is sandboxed', async ({ sample, send }) => {
  const { url } = await sample('svg');
  match((await send(url)).headers.get('content-security-policy'), /sandbox|default-src 'none'/);
});

scenario('CORS headers', async ({ manager, send }) => {
  const response = await send('/folders', { headers: { origin: 'http://localhost:5173' } });
  equal(response.headers.get('access-control-allow-origin'), '*');
  match(response.headers.get('access-control-expose-headers'), /X-Wix-Request-Id/i);
  const preflight = await manager.fetch('http://media.test/upload/tus', { method: 'OPTIONS', headers: { 'access-control-request-headers': 'tus-resumable,upload-length', 'access-control-request-method': 'PATCH' } });
  match(preflight.headers.get('access-control-allow-methods'), /PATCH/);
  // A page cannot ask by this header itself, and is told that all are allowed.
  match(preflight.headers.get('access-control-allow-headers'), /tus-resumable|\*/);
});
