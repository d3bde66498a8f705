// Uploads: what is uploaded where, under which type and name, in which way, and what has become of it.
import { confirmedOf, EVENT, typeAndName } from '../module.js';
import { expand } from './sources.js';
import { uploadPlain } from './plain.js';
import { Progress } from './progress.js';
import { uploadResumable } from './resumable.js';
import { pause } from './exchange.js';
import { recordsOf } from './records.js';
import { open, Seen } from './source.js';

/** From here on an upload is resumable, unless the caller says otherwise. */
const RESUMABLE_FROM = 10_000_000;
const CHUNK = 8 * 1024 * 1024;
const STALL_MS = 60_000;
/** How many first bytes tell the type. */
const FIRST = 1024;
/** By how much the clock of the service may be behind ours. */
const CLOCKS = 60_000;

const ROOT = 'media-root';
const ANYTHING = 'application/octet-stream';
/** Refusals of the type and not of the file. */
const REFUSED_TYPE = new Set(['MISMATCH_MIME_TYPE', 'UNSUPPORTED_FILE_FORMAT', 'UNSUPPORTED_MEDIA_TYPE']);

const sizeOf = (file) => Number(file.sizeInBytes);
const isMd5 = (hash) => /^[0-9a-f]{32}$/.test(hash ?? '');

export function createUploads(api, paths) {
  const { client, WixMediaError, limited, refusal, shared } = api;
  const name = 'uploads.upload';
  /** Resumable uploads that run in this process, by id. */
  const running = new Map();
  /** Files that this client has made, so that one is not found as the result of another upload. */
  const made = new Set();
  const now = () => shared.manager?.clock?.now?.() ?? Date.now();
  const refuse = (field, text) => refusal(field, text, name);

  const oneOf = (options, field, values) => {
    const value = options[field] ?? values[0];
    if (!values.includes(value)) throw refuse(field, `must be one of ${values.join(', ')}`);
    return value;
  };

  /** The id under which a resumable upload is kept: of what is sent where, and never of a URL, which is new each time. */
  async function fingerprint(source, request) {
    if (source.isStream) return undefined;
    const sum = api.sum();
    const about = [source.size, source.modified, request.mimeType, ...Object.values(request.options), shared.baseUrl, shared.auth?.siteId];
    sum.add(new TextEncoder().encode(JSON.stringify(about)));
    // Both ends and the middle: another file of the same size and age is very unlikely to agree in all three.
    const length = 65_536;
    for (const from of [0, Math.trunc(source.size / 2), Math.max(source.size - length, 0)]) {
      sum.add(await source.bytes(from, Math.min(from + length, source.size)));
    }
    return sum.end();
  }

  /** The files of a folder, fetched once for a batch. */
  const filesOf = (folderId, known, signal) => {
    const fetched = known?.get(folderId) ?? client.files.listFiles({ parentFolderId: folderId, paging: { limit: 100 } }, { signal }).toArray();
    known?.set(folderId, fetched);
    return fetched;
  };

  /**
   * A file of the folder with the same bytes, one of the same name if there is one. In a batch, a file that bears the name of
   * another item stands for that one: two files of the same bytes stay two.
   */
  async function duplicateOf(job, batch) {
    const { source, seen, signal, request } = job;
    const files = await filesOf(request.options.parentFolderId ?? ROOT, batch?.known, signal);
    const alike = files.filter((file) => sizeOf(file) === source.size && file.operationStatus !== 'FAILED' && file.hash);
    if (alike.length === 0) return undefined;
    const sum = await seen.end(signal);
    const same = alike.filter((file) => file.hash === sum);
    return same.find((file) => file.displayName === request.options.fileName) ?? same.find((file) => !batch?.isOther?.(file));
  }

  /** The file of an upload whose answer was lost: by its bytes, among those that came to the folder since it began. */
  async function arrived(job, signal) {
    const { source, seen, request, started } = job;
    if (!seen && !source.isRepeatable) return undefined;
    const sum = await (seen ?? (job.seen = new Seen(source, api.sum()))).end(signal);
    const options = { parentFolderId: request.options.parentFolderId, sort: { fieldName: 'updatedDate', order: 'DESC' } };
    for await (const file of client.files.listFiles(options, { signal })) {
      if (file._updatedDate < started - CLOCKS) return undefined;
      const isIt = file.hash === sum && sizeOf(file) === source.size && file._createdDate >= started - CLOCKS;
      if (isIt && !made.has(file._id)) return file;
    }
    return undefined;
  }

  /** Whether the file has the bytes of the source. Not every service need say so by MD5; one that has once always does. */
  async function check(job, file) {
    const { source, seen, signal, verify } = job;
    if (sizeOf(file) >= 0 && sizeOf(file) !== source.size) throw await spoiled(file, `${file.sizeInBytes} of ${source.size} bytes`);
    if (!seen || !isMd5(file.hash)) return;
    const sum = await seen.end(signal);
    if (file.hash === sum) shared.hasMd5 = true;
    else if (verify === true || shared.hasMd5 || shared.manager) throw await spoiled(file, `the MD5 sum ${file.hash} in place of ${sum}`);
  }

  async function spoiled(file, what) {
    await client.files.bulkDeleteFiles([file._id]).catch(() => {});
    return new WixMediaError({
      message: `${name}: the service stored ${what}; what it stored is in the trash`,
      code: 'CONTENT_MISMATCH',
      operation: name,
      retry: 'maybe',
      details: { applicationError: { code: 'CONTENT_MISMATCH', description: what, data: { fileId: file._id } } },
    });
  }

  /** Uploads one source. `batch` is what is known of the batch that it belongs to. */
  async function send(given, options, signal, batch) {
    const protocol = oneOf(options, 'protocol', ['auto', 'plain', 'tus']);
    const onDuplicate = oneOf(options, 'onDuplicate', ['keep-both', 'reuse', 'fail']);
    const waitUntil = oneOf(options, 'waitUntil', ['accepted', 'ready']);
    const progress = new Progress(options.onProgress, { id: undefined, name: undefined, total: undefined });
    const silence = () => progress.close();
    signal.addEventListener('abort', silence);
    const source = await open(given, { refuse, disk: api.disk }).catch((error) => {
      throw api.sourceFailed(error);
    });
    try {
      const first = await api.fromSource(source.bytes(0, Math.min(FIRST, source.size ?? FIRST)));
      const declared = options.mimeType ?? source.type;
      const { mimeType, fileName } = typeAndName(declared, options.displayName ?? source.name, first);
      progress.name = fileName;
      // A short stream is as good as bytes.
      if (source.size === undefined && protocol !== 'plain') await api.fromSource(source.reach(RESUMABLE_FROM));
      progress.total = source.size;

      const parentFolderId = options.path === undefined ? options.parentFolderId : (await paths.ensure(options.path, { parentFolderId: options.parentFolderId, signal }))._id;
      const { private: isPrivate, labels, externalInfo, verify = 'auto', chunkSizeInBytes = CHUNK, stallMs = STALL_MS } = options;
      const all = { fileName, parentFolderId, private: isPrivate, labels, externalInfo };
      const request = { mimeType, options: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
      const job = {
        api,
        source,
        request,
        progress,
        signal,
        verify,
        stallMs,
        chunkSize: chunkSizeInBytes,
        patience: api.patience,
        seen: verify === false ? undefined : new Seen(source, api.sum()),
        started: now(),
      };
      job.find = (own) => arrived(job, own);

      if (onDuplicate !== 'keep-both') {
        if (!source.isRepeatable) throw refuse('onDuplicate', 'needs a source that can be read twice, which a long stream cannot');
        job.seen ??= new Seen(source, api.sum());
        const file = await duplicateOf(job, batch);
        if (file && onDuplicate === 'fail') {
          const message = `${name}: the folder holds these bytes already, as ${file.displayName}`;
          const applicationError = { code: 'DUPLICATE_FILE', description: message, data: { fileId: file._id } };
          throw new WixMediaError({ message, code: 'DUPLICATE_FILE', operation: name, details: { applicationError } });
        }
        if (file) {
          const ready = waitUntil === 'ready' ? await untilReady(file._id, { signal }) : file;
          progress.finish(source.size);
          return { file: ready, isReused: true };
        }
      }

      const isResumable = protocol === 'tus' || (protocol === 'auto' && source.size > RESUMABLE_FROM);
      if (isResumable && source.size === undefined) {
        throw refuse('protocol', 'cannot be tus for a stream of unknown length: use plain, or a Blob or file');
      }
      const attempt = () => (isResumable && source.size > 0 ? resumable(job, options, batch?.expected) : uploadPlain(job));
      let file;
      try {
        file = await attempt();
      } catch (error) {
        if (!REFUSED_TYPE.has(error?.code) || request.mimeType === ANYTHING || !source.isRepeatable) throw error;
        // The service is left to find out by itself.
        request.mimeType = ANYTHING;
        file = await attempt();
      }
      signal.throwIfAborted();
      made.add(file._id);
      await check(job, file);
      if (waitUntil === 'ready' && file.operationStatus !== 'READY') file = await untilReady(file._id, { signal });
      signal.throwIfAborted();
      progress.finish(source.size);
      return { file, isReused: false };
    } finally {
      silence();
      signal.removeEventListener('abort', silence);
      await source.close();
    }
  }

  /** A resumable upload, with its record. */
  async function resumable(job, options, expected) {
    const { source, request, progress } = job;
    const records = await recordsOf(options.sessions, api.disk);
    let id = records ? await fingerprint(source, request) : undefined;
    if (expected !== undefined && id !== expected) throw refusal('source', 'is not what the upload began with', 'uploads.resume');
    // The same upload once more, at the same time, is one of its own.
    if (id === undefined || running.has(id)) id = crypto.randomUUID();
    const isKept = records && !source.isStream && !id.includes('-');
    const about = {
      id,
      name: request.options.fileName,
      size: source.size,
      mimeType: request.mimeType,
      parentFolderId: request.options.parentFolderId ?? ROOT,
      created: Date.now(),
    };
    let record = isKept ? await records.get(id) : undefined;
    if (record && !(record.expires > Date.now())) record = undefined;
    job.record = record ?? { ...about, path: source.path, options: keptOf(options) };
    job.state = 'running';
    job.save = async () => {
      if (isKept) await records.put(id, { ...job.record });
    };
    running.set(id, job);
    progress.id = id;
    try {
      const file = await uploadResumable(job);
      if (isKept) await records.delete(id);
      return file;
    } catch (error) {
      // A refused, finished or cancelled upload is not taken up again; one that lost its service or its caller is.
      const isOver = error instanceof WixMediaError && error.retry === 'never' && error.code !== 'SOURCE_FAILED';
      if (isKept && !job.signal.aborted && isOver) await records.delete(id);
      throw error;
    } finally {
      running.delete(id);
    }
  }

  /** What an upload that is taken up again has to know of its options. */
  const keptOf = ({ path, parentFolderId, displayName, mimeType, private: isPrivate, labels, externalInfo, protocol }) =>
    JSON.parse(JSON.stringify({ path, parentFolderId, displayName, mimeType, private: isPrivate, labels, externalInfo, protocol }));

  /** Waits until a file is processed. */
  async function untilReady(fileId, { signal } = {}) {
    const id = fileId;
    let wake;
    // A manager says so at once; asking goes on, more slowly, as an event may have been before.
    const stops = ['file_ready', 'file_failed'].map((slug) => shared.manager?.on?.(slug, () => wake?.()));
    try {
      for (let ms = 100, missing = 0; ; ms = Math.min(ms * 1.5, 5000)) {
        let file;
        try {
          file = await client.files.getFileDescriptor(id, { signal });
        } catch (error) {
          // What was just written may take a moment to show.
          missing += 1;
          if (!['RESOURCE_NOT_FOUND', 'NOT_FOUND'].includes(error?.code) || missing > 5) throw error;
        }
        if (file?.operationStatus === 'READY') return file;
        if (file?.operationStatus === 'FAILED') {
          const operation = 'uploads.waitUntilReady';
          const message = `${operation}: the service could not process ${file.displayName}`;
          const applicationError = { code: 'FILE_FAILED', description: message, data: { fileId: file._id } };
          throw new WixMediaError({ message, code: 'FILE_FAILED', operation, details: { applicationError } });
        }
        await Promise.race([
          pause(ms, signal),
          new Promise((resolve) => {
            wake = resolve;
          }),
        ]);
      }
    } finally {
      for (const stop of stops) Promise.resolve(stop).then((end) => end?.(), () => {});
    }
  }

  const within = (operation, options, work) => limited(work, options?.signal, options?.timeoutMs, operation);

  const unknown = (operation, id) =>
    new WixMediaError({ message: `${operation}: there is no upload ${id}`, code: 'UPLOAD_NOT_FOUND', operation });

  return {
    upload: (source, options = {}) =>
      within(name, options, async (signal) => (await send(source, options, signal)).file),

    uploadAll: (sources, options = {}) =>
      within('uploads.uploadAll', options, (signal) => uploadAll(sources, options, signal)),

    waitUntilReady: (fileId, options) =>
      within('uploads.waitUntilReady', options, (signal) => untilReady(fileId, { signal })),

    async list(options = {}) {
      const records = await recordsOf(options.sessions, api.disk);
      const kept = ((await records?.list()) ?? []).filter(({ expires }) => !(expires <= Date.now()));
      const present = [...running.values()].map((job) => ({ ...job.record, state: job.state }));
      const others = kept.filter(({ id }) => !running.has(id)).map((record) => ({ ...record, state: 'interrupted' }));
      return [...present, ...others].map(({ id, state, name: own, size, mimeType, parentFolderId, created, expires, numbers }) => ({
        id,
        state,
        name: own,
        size,
        confirmed: confirmedOf(numbers),
        mimeType,
        parentFolderId,
        createdDate: new Date(created),
        expiresDate: expires ? new Date(expires) : undefined,
      }));
    },

    async pause(id) {
      const job = running.get(id);
      if (!job) throw unknown('uploads.pause', id);
      if (job.state === 'paused') return;
      await new Promise((resolve) => {
        job.onPaused = resolve;
        job.wish(EVENT.PAUSE);
      });
    },

    async resume(id, source, options = {}) {
      const job = running.get(id);
      if (job) {
        job.wish(EVENT.RESUME);
        return undefined;
      }
      const records = await recordsOf(options.sessions, api.disk);
      const record = await records?.get(id);
      if (!record) throw unknown('uploads.resume', id);
      const given = source ?? record.path;
      if (given === undefined) throw refusal('source', 'is required: the browser cannot open the file by itself', 'uploads.resume');
      const whole = { ...record.options, protocol: 'tus', ...options };
      return within('uploads.resume', options, async (signal) => (await send(given, whole, signal, { expected: id })).file);
    },

    async cancel(id, options = {}) {
      const job = running.get(id);
      if (job) {
        job.wish(EVENT.CANCEL);
        return;
      }
      const records = await recordsOf(options.sessions, api.disk);
      const record = await records?.get(id);
      if (!record) throw unknown('uploads.cancel', id);
      // Whether the service hears it or not: it forgets the transfer by itself in time.
      if (record.location) {
        await shared.send(record.location, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => {});
      }
      await records.delete(id);
    },
  };

  /** Uploads many sources, some at a time. */
  async function uploadAll(sources, options, signal) {
    const { concurrency = 4, onProgress, path, parentFolderId, ...common } = options;
    if (!(concurrency >= 1)) throw refusal('concurrency', 'must be at least 1', 'uploads.uploadAll');
    const items = [];
    for await (const item of expand(sources, { disk: api.disk, refuse, signal })) items.push(item);
    const folders = items.filter(({ isFolder }) => isFolder);
    const files = items.filter(({ isFolder }) => !isFolder);
    const totals = new Map(files.map((item) => [item, item.size]));
    const told = new Map();
    const overall = new Progress(onProgress, { total: undefined });
    let failures = 0;
    const tell = () => {
      let [sent, confirmed] = [0, 0];
      for (const one of told.values()) {
        sent += one.sent;
        confirmed += one.confirmed;
      }
      overall.about({ files: files.length, done: results.filter(Boolean).length, failed: failures });
      overall.sent(sent);
      overall.confirmed(confirmed);
    };
    const sum = () => {
      const sizes = [...totals.values()];
      overall.total = sizes.includes(undefined) ? undefined : sizes.reduce((one, other) => one + other, 0);
    };
    sum();
    const results = [];
    const known = new Map();
    const keyOf = ({ folder, options: own }, itsName) => JSON.stringify([own?.parentFolderId, own?.path, folder, itsName]);
    const names = new Set(files.map((item) => keyOf(item, item.options?.displayName ?? item.name)));
    const places = new Map();
    const placeOf = (folder, own) => {
      const whole = [own ?? path ?? '', folder ?? ''].filter(Boolean).join('/');
      if (whole === '') return parentFolderId;
      const place = places.get(whole) ?? paths.ensure(whole, { parentFolderId, signal }).then(({ _id }) => _id);
      places.set(whole, place);
      return place;
    };
    signal.addEventListener('abort', () => overall.close(), { once: true });

    for (const { folder } of folders) await placeOf(folder);
    let next = 0;
    const worker = async () => {
      while (next < files.length) {
        const index = next;
        next += 1;
        const item = files[index];
        const { source, folder, options: own } = item;
        const shown = [folder, item.name].filter(Boolean).join('/');
        const about = { index, path: shown || undefined };
        try {
          signal.throwIfAborted();
          const place = own?.parentFolderId ?? (await placeOf(folder, own?.path));
          const onOne = (event) => {
            told.set(item, event);
            if (totals.get(item) !== event.total) {
              totals.set(item, event.total);
              sum();
            }
            own?.onProgress?.(event);
            tell();
          };
          const each = { ...common, ...own, path: undefined, parentFolderId: place, onProgress: onOne };
          each.displayName ??= item.name;
          const { file, isReused } = await send(source, each, signal, { known, isOther: ({ displayName }) => names.has(keyOf(item, displayName)) });
          results[index] = { ...about, status: isReused ? 'reused' : 'uploaded', file };
        } catch (error) {
          signal.throwIfAborted();
          failures += 1;
          results[index] = { ...about, status: 'failed', error };
        }
        tell();
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, worker));
    signal.throwIfAborted();
    if (failures === 0 && overall.total !== undefined) overall.finish(overall.total);
    overall.close();
    return results;
  }
}
