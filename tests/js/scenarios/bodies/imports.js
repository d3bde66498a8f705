import { equal, match, ok } from '../check.js';
import { samples, utf8 } from '../samples.js';
import { about, scenario } from '../scenario.js';

/** @import { WixMediaError } from '../../harness/package.js' */

about('imports');

const ALLOWED = { allowPrivateImports: true };

scenario('an image is imported', ALLOWED, async ({ files, source, processed, bytes, happened, folder }) => {
  const target = await folder('Target');
  await happened();
  const { file } = await files.importFile(`${source}/photo.png`, { displayName: 'imported', parentFolderId: target, labels: ['web'], externalInfo: { origin: 'test' } });
  equal([file.operationStatus, file.media, file.hash, file.sizeInBytes, file.displayName, file.sourceUrl, file.mediaType, file.state], ['PENDING', undefined, '', '-1', 'imported.png', `${source}/photo.png`, 'IMAGE', 'OK']);
  const ready = await processed(file._id);
  equal([ready.operationStatus, ready.displayName, ready.parentFolderId, ready.labels, ready.sizeInBytes, ready.hash.length], ['READY', 'imported.png', target, ['web'], String(samples.png.length), 32]);
  equal(ready.media.image.image, `wix:image://v1/${file._id}/imported.png#originWidth=3&originHeight=2`);
  equal(await bytes(ready.url), samples.png);
  const [event, ...others] = await happened.raw();
  equal(others.length, 0);
  equal([event.slug, event.entityId, event.actionEvent.body.externalInfo], ['file_ready', file._id, { origin: 'test' }]);
});

scenario('each import makes a file', ALLOWED, async ({ files, source, processed }) => {
  const ids = [];
  for (let time = 0; time < 2; time += 1) ids.push((await files.importFile(`${source}/photo.png`)).file._id);
  ok(ids[0] !== ids[1]);
  for (const id of ids) equal((await processed(id)).displayName, 'photo.png');
});

scenario('the type comes from name, option or server', ALLOWED, async ({ files, source, processed, refused }) => {
  const byServer = await files.importFile(`${source}/typed`);
  equal((await processed(byServer.file._id)).mediaType, 'DOCUMENT');
  const byOption = await files.importFile(`${source}/bare`, { mimeType: 'text/plain' });
  equal([(await processed(byOption.file._id)).mediaType, byOption.file.displayName], ['DOCUMENT', 'bare.txt']);
  const byName = await files.importFile(`${source}/bare`, { displayName: 'notes.txt' });
  equal((await processed(byName.file._id)).mediaType, 'DOCUMENT');
  await refused(files.importFile(`${source}/photo.png`, { mediaType: 'OTHER' }), { violations: ['options.mediaType OTHER'] });
});

scenario('parameters, headers and redirects', ALLOWED, async ({ files, source, processed, bytes }) => {
  const { file } = await files.importFile(`${source}/echo?own=1`, { displayName: 'echo.txt', urlParams: { a: 'x y', b: ['1', '2'] }, urlHeaders: { 'x-token': 'secret', host: 'elsewhere' } });
  const { url, operationStatus } = await processed(file._id);
  equal(operationStatus, 'READY');
  const heard = JSON.parse(new TextDecoder().decode(await bytes(url)));
  equal([heard.query, heard.headers['x-token'], heard.headers.host === 'elsewhere'], [[['own', '1'], ['a', 'x y'], ['b', '1'], ['b', '2']], 'secret', false]);
  const redirected = await files.importFile(`${source}/redirect/3`, { displayName: 'far.png' });
  equal(await bytes((await processed(redirected.file._id)).url), samples.png);
});

scenario('failing imports', { ...ALLOWED, limits: { sizeInBytes: { DOCUMENT: 1000 } } }, async ({ files, source, processed, happened, look }) => {
  for (const [path, code, options] of [
    ['/status/404', 'SOURCE_HTTP_ERROR', { displayName: 'x.png' }],
    ['/status/500', 'SOURCE_HTTP_ERROR', { displayName: 'x.png' }],
    ['/empty.txt', 'ZERO_FILE_SIZE'],
    ['/large.txt', 'FILE_SIZE_OVER_LIMIT'],
    ['/lie.png', 'MISMATCH_MIME_TYPE'],
    ['/broken.txt', 'SOURCE_UNREACHABLE'],
  ]) {
    await happened();
    const { file } = await files.importFile(`${source}${path}`, options);
    equal(file.operationStatus, 'PENDING');
    const failed = await processed(file._id);
    equal([path, failed.operationStatus, failed.media, failed.state], [path, 'FAILED', undefined, 'OK']);
    const [event, ...others] = await happened.raw();
    equal([path, event.slug, event.entityId, event.actionEvent.body.error.code, others.length], [path, 'file_failed', file._id, code, 0]);
    await files.bulkDeleteFiles([file._id], { permanent: true });
  }
  equal(await look(), []);
});

scenario('private addresses are refused unless they are allowed', { allowPrivateImports: false }, async ({ files, source, processed, refused, happened }) => {
  for (const url of [`${source}/photo.png`, source.replace('127.0.0.1', 'localhost').concat('/photo.png'), 'http://10.0.0.1/x.png', 'http://[::1]/x.png', 'http://169.254.169.254/x.png', 'http://[::ffff:127.0.0.1]/x.png']) {
    await happened();
    // Refused at once where the address says it, and failed where a name has to be looked up first.
    const outcome = await files.importFile(url).then(({ file }) => processed(file._id), (error) => error);
    if (outcome instanceof Error) equal([url, /** @type {WixMediaError} */ (outcome).status], [url, 400]);
    else equal([url, outcome.operationStatus], [url, 'FAILED']);
  }
  for (const url of ['ftp://example.com/x.png', 'file:///etc/passwd', 'nonsense', '']) {
    const error = await files.importFile(url, { displayName: 'x.png' }).then(() => undefined, (thrown) => thrown);
    equal([url, error?.status], [url, 400]);
  }
  ok(refused);
});

scenario('several imports in one call', ALLOWED, async ({ files, source, processed, refused }) => {
  const { results, bulkActionMetadata } = await files.bulkImportFile([{ url: `${source}/photo.png`, displayName: 'one' }, { url: `${source}/photo.png`, parentFolderId: '0'.repeat(32) }, { url: `${source}/typed`, displayName: 'two' }]);
  equal(results.map(({ itemMetadata: { originalIndex, success } }) => [originalIndex, success]), [[0, true], [1, false], [2, true]]);
  equal(bulkActionMetadata, { totalSuccesses: 2, totalFailures: 1, undetailedFailures: 0 });
  equal([results[1].item, results[0].itemMetadata._id], [undefined, results[0].item._id]);
  equal((await processed(results[0].item._id)).displayName, 'one.png');
  const bare = await files.bulkImportFile([{ url: `${source}/photo.png` }], { returnEntity: false });
  equal(bare.results[0].item, undefined);
  match(bare.results[0].itemMetadata._id, /~mv2\.png$/);
  const { files: older } = await files.bulkImportFiles([{ url: `${source}/photo.png`, displayName: 'older' }]);
  equal((await processed(older[0]._id)).displayName, 'older.png');
  await refused(files.bulkImportFile([]), { violations: ['importFileRequests MIN_SIZE'] });
  await refused(files.bulkImportFile(Array(101).fill({ url: `${source}/photo.png` })), { violations: ['importFileRequests MAX_SIZE'] });
});

scenario('an import with a path', ALLOWED, async ({ files, source, processed, tree }) => {
  const { file } = await files.importFile(`${source}/photo.png`, { filePath: '/from/the web' });
  equal(await tree(), ['from/', 'from/the web/', 'from/the web/photo.png'], 'the folders are there when it is accepted');
  await processed(file._id);
  ok(utf8('').length === 0);
});
