import { equal, match, ok, rejection } from '../check.js';
import { noise, samples, utf8 } from '../samples.js';
import { about, scenario } from '../scenario.js';
import { finalise, transfer } from '../tus.js';
import { present } from '../../harness/present.js';

/**
 * @import { World } from '../scenario.js'
 * @import { Session } from '../tus.js'
 */

about('resumable uploads');

const VERSION = { 'tus-resumable': '1.0.0' };
/** @param {string} text */
const base64 = (text) => btoa(String.fromCharCode(...utf8(text)));
/** @param {string} token */
const metadata = (token, name = 'x.txt', type = 'text/plain') => `filename ${base64(name)},contentType ${base64(type)},token ${base64(token)}`;

/**
 * Creation by hand.
 *
 * @param {Pick<World, 'manager'>} world
 * @param {Session} session
 * @param {number | string} length
 */
const create = ({ manager }, { uploadUrl, uploadToken }, length, headers = {}) =>
  manager.fetch(uploadUrl, { method: 'POST', headers: { ...VERSION, 'upload-length': String(length), 'upload-metadata': metadata(uploadToken), ...headers } });
/**
 * @param {Pick<World, 'manager'>} world
 * @param {string} location
 * @param {number | string} offset
 * @param {BodyInit} body
 */
const patch = ({ manager }, location, offset, body, headers = {}) =>
  manager.fetch(location, { method: 'PATCH', headers: { ...VERSION, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers }, body });

scenario('tus-js-client uploads a file in chunks', { needs: ['clock'] }, async (world) => {
  const { files, bytes, pass, folder } = world;
  const target = await folder('Target');
  const content = noise(200_000, 7);
  content.set(samples.mp4);
  const url = await files.generateFileResumableUploadUrl('video/mp4', { fileName: 'asked.mp4', parentFolderId: target, labels: ['long'], filePath: '/deep/er' });
  equal(url.uploadProtocol, 'TUS');
  match(url.uploadUrl, /\/upload\/tus$/);
  /** @type {number[]} */
  /** @type {number[]} */
  const chunks = [];
  await transfer(world, url, content, { chunkSize: 64_000, before: ({ method, content: chunk }) => void (method === 'PATCH' && chunks.push(present(chunk).length)) });
  equal(chunks, [64_000, 64_000, 64_000, 8_000]);
  equal((await files.searchFiles()).files, [], 'there is no file yet');
  const { status, body } = await finalise(world, url);
  equal([status, body.file.displayName, body.file.sizeInBytes, body.file.labels, body.file.operationStatus], [200, 'asked.mp4', '200000', ['long'], 'PENDING']);
  await pass(500);
  const file = await files.getFileDescriptor(body.file.id);
  equal(file.operationStatus, 'READY');
  equal(await bytes(file.url), content);
});

scenario('tus-js-client survives a connection that breaks', async (world) => {
  const { files, bytes } = world;
  const content = noise(50_000, 3);
  const url = await files.generateFileResumableUploadUrl('application/octet-stream', {});
  let number = 0;
  await transfer(world, url, content, {
    name: 'broken.bin',
    type: 'application/octet-stream',
    chunkSize: 10_000,
    before: () => {
      number += 1;
      if (number % 3 === 0) throw new Error('the line is dead');
    },
  });
  ok(number > 8, 'it broke on the way');
  const { body } = await finalise(world, url);
  equal(body.file.displayName, 'broken.bin', 'the name that came with the transfer');
  equal(await bytes(body.file.url), content);
});

scenario('tus-js-client resumes at the offset', async (world) => {
  const { files, manager, bytes, answered } = world;
  const content = noise(9_000, 5);
  const url = await files.generateFileResumableUploadUrl('application/octet-stream', { fileName: 'resumed.bin' });
  const created = await create(world, url, 9_000);
  equal([created.status, created.headers.get('tus-resumable')], [201, '1.0.0']);
  const location = new URL(present(created.headers.get('location')), url.uploadUrl).href;
  equal((await patch(world, location, 0, content.subarray(0, 4_000))).headers.get('upload-offset'), '4000');
  answered(await finalise(world, url), { status: 400, code: 'UPLOAD_INCOMPLETE' });
  const head = await manager.fetch(location, { method: 'HEAD', headers: VERSION });
  equal([head.status, head.headers.get('upload-offset'), head.headers.get('upload-length')], [200, '4000', '9000']);
  ok(head.headers.get('upload-expires'));
  await transfer(world, url, content, { uploadUrl: location, chunkSize: 2_000 });
  const { body } = await finalise(world, url);
  equal(await bytes(body.file.url), content);
  answered(await finalise(world, url), { status: 409, code: 'UPLOAD_ALREADY_COMPLETED' });
});

scenario('TUS refusals', { needs: ['clock'] }, async (world) => {
  const { files, manager, pass } = world;
  const url = await files.generateFileResumableUploadUrl('text/plain', { fileName: 'x.txt' });
  const options = await manager.fetch(url.uploadUrl, { method: 'OPTIONS' });
  equal([options.headers.get('tus-version'), options.headers.get('tus-extension')], ['1.0.0', 'creation,creation-defer-length,creation-with-upload,expiration,termination']);
  ok(Number(options.headers.get('tus-max-size')) > 0);
  equal((await create(world, url, 10, { 'tus-resumable': '0.2.2' })).status, 412);
  equal((await create(world, { ...url, uploadToken: 'forged' }, 10)).status, 403);
  equal((await create(world, url, 10, { 'upload-length': 'ten' })).status, 400);
  equal((await manager.fetch(url.uploadUrl, { method: 'POST', headers: { ...VERSION, 'upload-defer-length': '2', 'upload-metadata': metadata(url.uploadToken) } })).status, 400);
  equal((await create(world, url, 16e9)).status, 413);
  const created = await create(world, url, 10);
  const location = new URL(present(created.headers.get('location')), url.uploadUrl).href;
  equal((await patch(world, location, 3, 'abc')).status, 409);
  equal((await patch(world, location, 0, 'abc', { 'content-type': 'text/plain' })).status, 415);
  const old = await patch(world, location, 0, 'abc', { 'tus-resumable': '0.2.2' });
  equal([old.status, old.headers.get('tus-version')], [412, '1.0.0']);
  equal((await patch(world, location, 0, 'more than ten bytes')).status, 413);
  equal((await patch(world, location, 0, 'abc')).status, 204);
  equal((await manager.fetch(`${url.uploadUrl}/${'0'.repeat(32)}`, { method: 'HEAD', headers: VERSION })).status, 404);
  await pass(7 * 86_400_000);
  await pass(11_000);
  equal((await manager.fetch(location, { method: 'HEAD', headers: VERSION })).status, 410);
  equal((await patch(world, location, 3, 'abc')).status, 410);
});

scenario('a second creation starts over, and a termination ends the session', async (world) => {
  const { files, manager, bytes } = world;
  const url = await files.generateFileResumableUploadUrl('text/plain', { fileName: 'x.txt' });
  /** @param {Promise<Response>} response */
  const locate = async (response) => new URL(present((await response).headers.get('location')), url.uploadUrl).href;
  const first = await locate(create(world, url, 10));
  await patch(world, first, 0, 'first');
  const second = await locate(create(world, url, 6));
  ok((await patch(world, first, 5, 'first')).status >= 400, 'the first transfer is gone');
  await patch(world, second, 0, 'second');
  equal((await manager.fetch(second, { method: 'DELETE', headers: VERSION })).status, 204);
  ok([404, 410].includes((await manager.fetch(second, { method: 'HEAD', headers: VERSION })).status));
  equal((await finalise(world, url)).status, 400);
  const third = await locate(create(world, url, 5));
  await patch(world, third, 0, 'third');
  const { body } = await finalise(world, url, 'named at the end.txt');
  equal([body.file.displayName, await bytes(body.file.url)], ['named at the end.txt', utf8('third')]);
});

scenario('an empty session makes no file', async (world) => {
  const { files, answered } = world;
  const url = await files.generateFileResumableUploadUrl('text/plain', { fileName: 'x.txt' });
  await create(world, url, 0);
  answered(await finalise(world, url), { status: 400, code: 'ZERO_FILE_SIZE' });
});

scenario('tus-js-client gets 403 for an invalid token', async (world) => {
  const { files } = world;
  const url = await files.generateFileResumableUploadUrl('text/plain', {});
  const error = await rejection(transfer(world, { ...url, uploadToken: 'none' }, utf8('text')));
  equal(error.originalResponse?.getStatus(), 403);
});
