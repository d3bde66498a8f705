// Downloads that go on after a broken connection, and are checked.
import { linked, pause, retryAfter } from '../uploads/exchange.js';

const STALL_MS = 60_000;
const isMd5 = (hash) => /^[0-9a-f]{32}$/.test(hash ?? '');
const isTemporary = (status) => status === 408 || status === 429 || (status >= 500 && status !== 501);

export function createDownloads(api) {
  const { client, decode, limited, patience, refusal, shared, WixMediaError } = api;

  /**
   * A response whose body goes on where it broke off. `link()` gives a URL, anew when the old one has ended. `check` are the
   * sum and the size that the whole must have, `from` the first byte that is wanted, `sum` that of the bytes before it.
   */
  async function stream(name, link, { check, from = 0, sum, signal, stallMs = STALL_MS, onProgress }) {
    let url = await link();
    let at = from;
    let total = check?.size;
    let tag;
    let failures = 0;
    let reader;
    let own;

    /** Waits before the next try, or throws. */
    const failed = async (error, wait = NaN) => {
      signal?.throwIfAborted();
      failures += 1;
      const doubled = Math.min(patience.first * 2 ** (failures - 1), patience.longest) * (1 - Math.random() / 2);
      const ms = Math.max(doubled, wait || 0);
      if (failures >= patience.tries || ms > patience.longest) throw error;
      shared.tell(shared.on.retry, { operation: name, attempt: failures, delayMs: ms, status: error.status, error });
      await pause(ms, signal);
    };

    const guarded = async (work) => {
      const timer = setTimeout(() => own.abort(new DOMException('Nothing moved any more', 'TimeoutError')), stallMs);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
      }
    };

    /** Asks for the bytes from `at` on; answers the response, whose body `reader` then reads. */
    const ask = async () => {
      for (;;) {
        own?.release();
        own = linked(signal);
        let response;
        try {
          const headers = at > 0 ? { Range: `bytes=${at}-`, ...(tag && { 'If-Range': tag }) } : {};
          response = await guarded(() => shared.send(url, { method: 'GET', headers, signal: own.signal }));
        } catch (cause) {
          await failed(api.unreachable(name, cause));
          continue;
        }
        const { status } = response;
        if (status === 200 || (status === 206 && at > 0)) {
          tag ??= strong(response.headers.get('etag'));
          reader = response.body?.getReader();
          const length = Number(response.headers.get('content-length') ?? NaN);
          if (!response.headers.get('content-encoding') && length >= 0) total ??= (status === 206 ? at : 0) + length;
          const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
          // Whatever is sent in place of the range: what was there before is skipped.
          skip = status === 200 ? at : at - Number(range?.[1] ?? at);
          return response;
        }
        const bytes = new Uint8Array(await response.arrayBuffer().catch(() => new ArrayBuffer(0)));
        if (status === 416 && at > 0 && at === total) return response;
        let error;
        try {
          decode(name, response, bytes);
          error = api.unreachable(name, new Error(`the answer ${status} makes no sense`));
        } catch (thrown) {
          error = thrown;
        }
        // The link has ended.
        if ((status === 401 || status === 403 || status === 410) && failures < 2) {
          failures += 1;
          url = await link();
        } else if (isTemporary(status)) await failed(error, retryAfter(response.headers.get('retry-after')));
        else throw error;
      }
    };

    let skip = 0;
    const whole = check?.hash ? (sum ?? (from === 0 ? api.sum() : undefined)) : undefined;
    const first = await ask();
    const broken = (what) =>
      new WixMediaError({
        message: `${name}: ${what}`,
        code: 'CONTENT_MISMATCH',
        operation: name,
        retry: 'maybe',
        details: { applicationError: { code: 'CONTENT_MISMATCH', description: what, data: {} } },
      });
    const tell = () => {
      try {
        onProgress?.({ received: at, total });
      } catch {
        // What goes wrong inside a listener is its own affair.
      }
    };

    const next = async () => {
      for (;;) {
        if (!reader) return undefined;
        let piece;
        try {
          piece = await guarded(() => Promise.race([reader.read(), rejection(own.signal)]));
        } catch (cause) {
          await failed(api.unreachable(name, cause));
          await ask();
          continue;
        }
        if (piece.done) {
          if (total === undefined || at >= total) return undefined;
          // Some runtimes end a body that broke off as if it were whole.
          await failed(api.unreachable(name, new Error(`the connection ended after ${at} of ${total} bytes`)));
          await ask();
          continue;
        }
        let bytes = piece.value;
        if (skip > 0) {
          const less = Math.min(skip, bytes.length);
          skip -= less;
          bytes = bytes.subarray(less);
        }
        if (bytes.length === 0) continue;
        failures = 0;
        at += bytes.length;
        whole?.add(bytes);
        return bytes;
      }
    };

    const body = new ReadableStream(
      {
        async pull(controller) {
          try {
            const bytes = await next();
            if (bytes) {
              if (total !== undefined && at > total) throw broken(`there are more than the ${total} bytes of the file`);
              controller.enqueue(bytes);
              tell();
              return;
            }
            if (whole) {
              const found = whole.end();
              if (found === check.hash) shared.hasMd5 = true;
              else if (check.strict || shared.hasMd5 || shared.manager) throw broken(`the MD5 sum is ${found} in place of ${check.hash}`);
            }
            own.release();
            controller.close();
          } catch (error) {
            own.release();
            controller.error(signal?.aborted ? signal.reason : error);
          }
        },
        async cancel(reason) {
          own.abort(reason);
          own.release();
          await reader?.cancel(reason).catch(() => {});
        },
      },
      { highWaterMark: 0 },
    );
    const headers = new Headers();
    for (const field of ['content-type', 'content-disposition', 'etag', 'last-modified']) {
      const value = first.headers.get(field);
      if (value !== null) headers.set(field, value);
    }
    if (total !== undefined) headers.set('content-length', String(total - from));
    if (from > 0) headers.set('content-range', `bytes ${from}-${(total ?? 1) - 1}/${total ?? '*'}`);
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  }

  async function file(fileId, options = {}) {
    const { asset = 'src', fileName, inline, from, verify = 'auto', signal, stallMs, onProgress, sum } = options;
    if (from !== undefined && !(Number.isInteger(from) && from >= 0)) {
      throw refusal('from', 'must be a whole number that is not negative', 'downloads.file');
    }
    const call = { signal };
    let check;
    if (asset === 'src') {
      const descriptor = options.descriptor ?? (await client.files.getFileDescriptor(fileId, call));
      const size = Number(descriptor.sizeInBytes);
      const hash = verify !== false && isMd5(descriptor.hash) ? descriptor.hash : undefined;
      check = { size: size >= 0 ? size : undefined, hash, strict: verify === true };
    }
    const link = async () => {
      const request = { assetKeys: [asset], downloadFileName: fileName, contentDisposition: inline ? 'INLINE' : undefined };
      const { downloadUrls } = await client.files.generateFileDownloadUrl(fileId, request, call);
      return downloadUrls[0].url;
    };
    return stream('downloads.file', link, { check, from, sum, signal, stallMs, onProgress });
  }

  async function zip(what, { signal, stallMs, onProgress } = {}) {
    const { fileIds, folderId } = what ?? {};
    if ((fileIds === undefined) === (folderId === undefined)) {
      throw refusal('what', 'must be { fileIds } or { folderId }', 'downloads.zip');
    }
    const link = async () => {
      const made = fileIds
        ? client.files.generateFilesDownloadUrl(fileIds, { signal })
        : client.folders.generateFolderDownloadUrl(folderId, { signal });
      return (await made).downloadUrl;
    };
    return stream('downloads.zip', link, { signal, stallMs, onProgress });
  }

  /** Writes a folder of the Media Manager, with everything below it, to a folder of this machine. */
  async function toDirectory(folderId, directory, options, signal) {
    const name = 'downloads.toDirectory';
    const { concurrency = 4, onProgress, verify } = options;
    if (!api.disk) throw new WixMediaError({ message: `${name}: only Node, Bun and Deno can write folders`, code: 'NOT_SUPPORTED', operation: name });
    const { folderAt } = await api.disk();
    const target = folderAt(directory);
    const call = { signal };
    const work = [];
    await target.makeFolder('.');

    const plan = async (id, path, trail = [id]) => {
      const [folders, files] = await Promise.all([
        client.folders.listFolders({ parentFolderId: id, paging: { limit: 100 } }, call).toArray(),
        client.files.listFiles({ parentFolderId: id, paging: { limit: 100 } }, call).toArray(),
      ]);
      const taken = new Set();
      // The oldest keeps its name, so that a second run gives the same names.
      const byAge = (one, other) => one._createdDate - other._createdDate || (one._id < other._id ? -1 : 1);
      for (const each of folders.sort(byAge)) {
        const own = `${path}${uniqueName(each.displayName, taken)}`;
        await target.makeFolder(own);
        // A folder that is moved meanwhile can turn up below itself.
        if (!trail.includes(each._id)) await plan(each._id, `${own}/`, [...trail, each._id]);
      }
      for (const each of files.sort(byAge)) work.push({ descriptor: each, path: `${path}${uniqueName(each.displayName, taken)}` });
    };
    await plan(folderId, '');

    const ready = work.filter(({ descriptor }) => descriptor.operationStatus !== 'FAILED' && Number(descriptor.sizeInBytes) >= 0);
    const total = ready.reduce((sum, { descriptor }) => sum + Number(descriptor.sizeInBytes), 0);
    const received = new Map();
    const results = [];
    const tell = () => {
      try {
        const sum = [...received.values()].reduce((one, other) => one + other, 0);
        onProgress?.({ received: sum, total, files: ready.length, done: results.filter(Boolean).length });
      } catch {
        // What goes wrong inside a listener is its own affair.
      }
    };
    let next = 0;
    const worker = async () => {
      while (next < ready.length) {
        signal.throwIfAborted();
        const index = next;
        next += 1;
        const { descriptor, path } = ready[index];
        const size = Number(descriptor.sizeInBytes);
        const progress = (bytes) => {
          received.set(index, Math.min(bytes, size));
          tell();
        };
        try {
          const status = await toFile(target, descriptor, path, { signal, verify, progress });
          received.set(index, size);
          results[index] = { path, status, file: descriptor };
        } catch (error) {
          signal.throwIfAborted();
          results[index] = { path, status: 'failed', file: descriptor, error };
        }
        tell();
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, ready.length) }, worker));
    return results;
  }

  /** One file, under another name until it is whole, so that what is there is never half. */
  async function toFile(target, descriptor, path, { signal, verify, progress }) {
    const size = Number(descriptor.sizeInBytes);
    if ((await target.size(path)) === size && isMd5(descriptor.hash)) {
      if ((await sumOf(target, path, size)).end() === descriptor.hash) return 'kept';
    }
    // The id is in the name: what another file left is not taken for the beginning of this one.
    const part = `${path.slice(0, path.lastIndexOf('/') + 1)}.${safeName(descriptor._id).slice(-40)}.part`;
    const there = (await target.size(part)) ?? 0;
    let from = there < size ? there : 0;
    for (;;) {
      const sum = await sumOf(target, part, from);
      const output = await target.append(part, from);
      try {
        const options = { descriptor, from, sum, verify, signal };
        const { body } = await file(descriptor._id, options);
        const reader = body.getReader();
        for (let at = from; ; ) {
          const { done, value } = await reader.read();
          if (done) break;
          await output.write(value);
          at += value.length;
          progress(at);
        }
        await output.close();
      } catch (error) {
        await output.abandon().catch(() => {});
        if (error?.code === 'CONTENT_MISMATCH') {
          await target.remove(part);
          if (from > 0) {
            // What was there may have been of something else.
            from = 0;
            continue;
          }
        }
        throw error;
      }
      await target.rename(part, path);
      return 'written';
    }
  }

  async function sumOf(target, path, size) {
    const sum = api.sum();
    if (size === 0) return sum;
    const source = await target.open(path);
    try {
      for await (const piece of source.pieces(0, size)) sum.add(piece);
    } finally {
      await source.close();
    }
    return sum;
  }

  return {
    file: (fileId, options) => file(fileId, options),
    zip: (what, options) => zip(what, options),
    toDirectory: (folderId, directory, options = {}) =>
      limited((signal) => toDirectory(folderId, directory, options, signal), options.signal, options.timeoutMs, 'downloads.toDirectory'),
  };
}

/** A weak tag does not promise the same bytes. */
const strong = (tag) => (tag && !tag.startsWith('W/') ? tag : undefined);

const rejection = (signal) =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

// What Windows keeps for itself, whatever the extension.
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** A name that every file system takes and that leads nowhere else. */
export function safeName(name) {
  const plain = String(name)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stay.
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_')
    .replace(/^\.+/, (dots) => '_'.repeat(dots.length))
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  const safe = plain.replace(RESERVED, '_$&') || '_';
  return shortened(safe, 240);
}

/** At most so many bytes of UTF-8, which is what file systems count, with the extension kept. */
function shortened(name, most) {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= most) return name;
  const dot = name.lastIndexOf('.');
  const tail = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  let head = [...name.slice(0, name.length - tail.length)];
  while (encoder.encode(head.join('') + tail).length > most) head = head.slice(0, -1);
  return head.join('') + tail;
}

/** A safe name that no other of the folder has, in any case of letters. */
export function uniqueName(name, taken) {
  const safe = safeName(name);
  const dot = safe.lastIndexOf('.');
  const [head, tail] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, ''];
  let own = safe;
  for (let number = 1; taken.has(own.normalize('NFC').toLowerCase()); number += 1) own = `${head} (${number})${tail}`;
  taken.add(own.normalize('NFC').toLowerCase());
  return own;
}
