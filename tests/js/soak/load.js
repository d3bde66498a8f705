// What the workers of a soak do: changes, which the model of each worker knows, and readings, which it can judge.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { md5 } from '../harness/bytes.js';
import { present } from '../harness/present.js';
import { choose, contentOf, Model, random } from '../crash/model.js';

/**
 * @import { Client } from '../harness/package.js'
 * @import { Change, Item } from '../crash/model.js'
 */

/** Sizes of pictures that are asked for. Few of them, so that a cache of them can be full. */
const WIDTHS = [20, 40, 60];

/** Readings, each with the end of its part of a hundred steps. */
const READINGS = /** @type {const} */ ([
  [66, 'download'],
  [73, 'list'],
  [78, 'search'],
  [82, 'range'],
  [87, 'picture'],
  [91, 'zip'],
  [93, 'backup'],
  [97, 'events'],
  [100, 'health'],
]);

const TUS = { 'tus-resumable': '1.0.0' };
const ANY_TYPE = 'application/octet-stream';

/**
 * An upload in parts that is not over: `acknowledged` bytes are there for sure, and no more than were `sent`.
 *
 * @typedef {{ change: Change, location: string, finish: string, bytes: Uint8Array<ArrayBuffer>, acknowledged: number, sent: number }} Transfer
 */

/** @typedef {{ client: Client, origin: string, signal: AbortSignal }} Target A server, until it is killed. */

/** An answer that should not have come. */
export class Wrong extends Error {}

/**
 * @param {Response} response
 * @param {number[]} allowed
 */
async function expectStatus(response, ...allowed) {
  if (allowed.includes(response.status)) return response;
  throw new Wrong(`${response.status} of ${response.url}: ${(await response.text()).slice(0, 300)}`);
}

export class Worker {
  /**
   * @param {number} index
   * @param {number} seed
   */
  constructor(index, seed) {
    this.index = index;
    this.model = new Model();
    this.random = random(seed + index * 7919);
    /** @type {Change | undefined} The change that is under way. */
    this.under = undefined;
    /** @type {Transfer[]} */
    this.transfers = [];
    this.step = 0;
    /** @type {Map<string, number>} */
    this.counts = new Map();
  }

  /** @param {string} what */
  count(what) {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /**
   * Does one thing.
   *
   * @param {Target} target
   */
  async act(target) {
    this.step += 1;
    const kind = this.random.below(100);
    if (kind < 50) return this.change(target);
    if (kind < 60) return this.goOn(target);
    const [, reading] = present(READINGS.find(([end]) => kind < end));
    await this[reading](target);
    this.count(reading);
    return undefined;
  }

  /**
   * Makes a change of the model's choice.
   *
   * @param {Target} target
   */
  async change(target) {
    const change = choose(this.model, this.random, `${this.index}-${this.step}`);
    // A transfer comes in parts, each of which is a step of its own.
    if (change.what === 'transfer') return this.begin(target, change);
    this.under = change;
    const id = await this.make(target, change);
    this.model.apply(change, id);
    this.under = undefined;
    return this.count(change.what);
  }

  /**
   * @param {Target} target
   * @param {Change} change
   */
  async make({ client: { files, folders }, signal }, change) {
    const { what, kind, id = '', ids = [], name = '', parent, labels } = change;
    const ofFiles = kind === 'file';
    if (what === 'folder') return present((await folders.createFolder(name, { parentFolderId: parent })).folder)._id;
    if (what === 'upload') {
      const { uploadUrl } = await files.generateFileUploadUrl(ANY_TYPE, { fileName: name, parentFolderId: parent, labels });
      const response = await fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': ANY_TYPE }, body: contentOf(change), signal });
      return (await (await expectStatus(response, 200)).json()).file.id;
    }
    if (what === 'update') await (ofFiles ? files.updateFileDescriptor({ _id: id, displayName: change.name, parentFolderId: parent, labels }) : folders.updateFolder(id, { displayName: name }));
    if (what === 'delete') await (ofFiles ? files.bulkDeleteFiles(ids) : folders.bulkDeleteFolders(ids));
    if (what === 'restore') await (ofFiles ? files.bulkRestoreFilesFromTrashBin(ids) : folders.bulkRestoreFoldersFromTrashBin(ids));
    if (what === 'erase') await (ofFiles ? files.bulkDeleteFiles(ids, { permanent: true }) : folders.bulkDeleteFolders(ids, { permanent: true }));
    return undefined;
  }

  /**
   * Begins an upload in parts, in a folder that nobody takes away meanwhile.
   *
   * @param {Target} target
   * @param {Change} given
   */
  async begin({ client: { files }, signal }, given) {
    const change = { ...given, parent: 'media-root' };
    const { name: fileName, parent: parentFolderId, labels } = change;
    const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl(ANY_TYPE, { fileName, parentFolderId, labels });
    const bytes = contentOf(change);
    const headers = { ...TUS, 'upload-length': String(bytes.length), 'upload-metadata': `token ${btoa(present(uploadToken))}` };
    const created = await expectStatus(await fetch(present(uploadUrl), { method: 'POST', headers, signal }), 201);
    const location = new URL(present(created.headers.get('location')), present(uploadUrl)).pathname;
    const finish = new URL(`${uploadUrl}/${uploadToken}`).pathname;
    this.transfers.push({ change, location, finish, bytes, acknowledged: 0, sent: 0 });
    this.count('transfer begun');
  }

  /**
   * Sends the next part of a transfer, breaks off in the middle of it, ends the transfer, or makes it a file.
   *
   * @param {Target} target
   */
  async goOn(target) {
    const transfer = this.transfers[this.random.below(this.transfers.length)];
    if (!transfer) return;
    await this.look(target, transfer);
    if (transfer.acknowledged === transfer.bytes.length) await this.finish(target, transfer);
    else if (this.random.below(12) === 0) await this.giveUp(target, transfer);
    else await this.send(target, transfer, this.random.below(3) === 0);
  }

  /**
   * Asks how much of a transfer is there, and judges the answer.
   *
   * @param {Target} target
   * @param {Transfer} transfer
   */
  async look({ origin, signal }, transfer) {
    const head = await expectStatus(await fetch(origin + transfer.location, { method: 'HEAD', headers: TUS, signal }), 200);
    const offset = Number(head.headers.get('upload-offset'));
    if (!(offset >= transfer.acknowledged && offset <= transfer.sent)) {
      throw new Wrong(`the offset is ${offset}: ${transfer.acknowledged} bytes were acknowledged, ${transfer.sent} sent`);
    }
    transfer.acknowledged = offset;
  }

  /**
   * @param {Target} target
   * @param {Transfer} transfer
   * @param {boolean} breaksOff
   */
  async send({ origin, signal }, transfer, breaksOff) {
    const { acknowledged: from, bytes } = transfer;
    // Often all the rest, so that transfers come to their end.
    const isLast = this.random.below(2) === 0;
    const part = bytes.subarray(from, isLast ? undefined : from + 1 + this.random.below(bytes.length - from));
    transfer.sent = Math.max(transfer.sent, from + part.length);
    const headers = { ...TUS, 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' };
    if (breaksOff) {
      const half = part.subarray(0, this.random.below(part.length));
      const body = Readable.toWeb(
        Readable.from(
          (async function* () {
            yield half;
            throw new Error('the line broke');
          })(),
        ),
      );
      await fetch(origin + transfer.location, { method: 'PATCH', headers, body: /** @type {ReadableStream} */ (body), duplex: 'half', signal }).catch(() => {});
      return this.count('broken off');
    }
    const response = await fetch(origin + transfer.location, { method: 'PATCH', headers, body: part, signal });
    // A part that was broken off may still have been on its way to the disk when the offset was asked for.
    if (response.status === 409) {
      const { details } = await response.json();
      const offset = Number(details?.applicationError?.data?.offset);
      if (!(offset > from && offset <= transfer.sent)) throw new Wrong(`a part at ${from} was refused, and the transfer continues at ${offset}`);
      return this.count('part too early');
    }
    await expectStatus(response, 204);
    transfer.acknowledged = from + part.length;
    if (Number(response.headers.get('upload-offset')) !== transfer.acknowledged) throw new Wrong(`a part up to ${transfer.acknowledged} was answered with ${response.headers.get('upload-offset')}`);
    return this.count('part');
  }

  /**
   * @param {Target} target
   * @param {Transfer} transfer
   */
  async finish({ origin, signal }, transfer) {
    this.under = transfer.change;
    // Whatever comes of it, it is not taken up again: the model finds out which.
    this.transfers.splice(this.transfers.indexOf(transfer), 1);
    const response = await fetch(origin + transfer.finish, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}', signal });
    const { file } = await (await expectStatus(response, 200)).json();
    this.model.apply(transfer.change, file.id);
    this.under = undefined;
    this.count('transfer');
  }

  /**
   * @param {Target} target
   * @param {Transfer} transfer
   */
  async giveUp({ origin, signal }, transfer) {
    this.transfers.splice(this.transfers.indexOf(transfer), 1);
    await expectStatus(await fetch(origin + transfer.location, { method: 'DELETE', headers: TUS, signal }), 204);
    this.count('given up');
  }

  /** One of the worker's own files, with its id. */
  get file() {
    const ids = this.model.live('file');
    const id = ids[this.random.below(ids.length)];
    return id === undefined ? undefined : { id, ...this.model.get(id) };
  }

  /**
   * @param {Target} target
   * @param {Item & { id: string }} file
   */
  async url({ client: { files } }, file) {
    return present((await files.getFileDescriptor(file.id)).url);
  }

  /** @param {Target} target */
  async download(target) {
    const { file } = this;
    if (!file) return;
    const response = await expectStatus(await fetch(await this.url(target, file), { signal: target.signal }), 200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (md5(bytes) !== file.hash) throw new Wrong(`${file.name} has other bytes`);
  }

  /** @param {Target} target */
  async range(target) {
    const { file } = this;
    if (!file?.size || file.size < 10) return;
    const response = await expectStatus(await fetch(await this.url(target, file), { headers: { range: 'bytes=2-5' }, signal: target.signal }), 206);
    if ((await response.arrayBuffer()).byteLength !== 4) throw new Wrong(`a range of ${file.name} has another length`);
  }

  /** @param {Target} target */
  async list({ client: { files } }) {
    const { model } = this;
    const folders = ['media-root', ...model.live('folder')];
    const parent = folders[this.random.below(folders.length)];
    const own = [...model.items].filter(([, item]) => item.kind === 'file' && !item.trashed && item.parent === parent).map(([id]) => id);
    const seen = new Set();
    for await (const { _id } of files.listFiles({ parentFolderId: parent })) seen.add(_id);
    const missing = own.filter((id) => !seen.has(id));
    if (missing.length > 0) throw new Wrong(`${missing} of ${parent} are not listed`);
  }

  /** @param {Target} target */
  async search({ client: { files } }) {
    const { file } = this;
    if (!file) return;
    const page = await files.searchFiles({ search: file.name });
    if (!present(page.files).some(({ _id }) => _id === file.id)) throw new Wrong(`${file.name} is not found`);
  }

  /** @param {Target} target */
  async picture({ origin, signal }) {
    const width = WIDTHS[this.random.below(WIDTHS.length)];
    const response = await fetch(`${origin}${present(this.picturePath)}/v1/fill/w_${width},h_30/picture.jpg`, { signal });
    // A queue that is full says so.
    await expectStatus(response, 200, 503);
    await response.arrayBuffer();
  }

  /** @param {Target} target */
  async zip({ client: { files }, signal }) {
    const own = this.model.live('file');
    if (own.length === 0) return;
    const ids = [...new Set(Array.from({ length: 3 }, () => own[this.random.below(own.length)]))];
    const { downloadUrl } = await files.generateFilesDownloadUrl(ids);
    const response = await expectStatus(await fetch(present(downloadUrl), { signal }), 200);
    const bytes = Buffer.from(await response.arrayBuffer());
    const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'));
    const entries = end < 0 ? -1 : bytes.readUInt16LE(end + 10);
    if (entries !== ids.length) throw new Wrong(`a zip of ${ids.length} files has ${entries} entries`);
  }

  /** @param {Target} target */
  async backup({ origin, signal }) {
    const response = await expectStatus(await fetch(`${origin}/_wix-media/export`, { signal }), 200);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.lastIndexOf(Buffer.from('PK\x05\x06')) < 0) throw new Wrong('an export has no end');
  }

  /** @param {Target} target */
  async events({ origin, signal }) {
    const first = await (await expectStatus(await fetch(`${origin}/_wix-media/events?limit=1`, { signal }), 200)).json();
    const after = Math.max(0, first.lastEvent - 50);
    const { events } = await (await expectStatus(await fetch(`${origin}/_wix-media/events?after=${after}`, { signal }), 200)).json();
    for (const [index, { number }] of events.entries()) {
      if (number !== after + index + 1) throw new Wrong(`event ${number} follows ${after + index}`);
    }
  }

  /** @param {Target} target */
  async health({ origin, signal }) {
    const health = await (await expectStatus(await fetch(`${origin}/_wix-media/health`, { signal }), 200)).json();
    assert.equal(health.status, 'ok');
  }

  /** @type {string | undefined} The path of a picture that all workers ask for. */
  picturePath = undefined;
}
