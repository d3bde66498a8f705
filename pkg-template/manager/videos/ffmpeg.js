// Films by `ffmpeg`, in Node, Bun and Deno: where it is on the PATH, a manager finds it by itself.
//
// A film is a file of somebody else. ffmpeg gets it by a path, and may open nothing but files; the format is given to it, one
// of a few that contain everything they show, so that no playlist and no script of another format leads elsewhere. What it may
// use of the machine is limited (`process.js`), and what it writes goes to a folder that is removed with the work.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { piecesOf } from '../bodies.js';
import { runProgram } from './process.js';
import { encoding, filesOf, ladder, progressIn, segmenting, segmentsOf, streamOf } from './renditions.js';
import { openScratch } from './scratch.js';
import { HEIGHTS, POSTER_BOX, POSTERS, posterPlaces, posterSize } from './sizes.js';

/** @import { Decoder, Film, PinnedStorage } from '../internal.d.ts' */

/** The formats of ffmpeg by MIME type. They are tried in turn. A type that is not here is not decoded. */
const FORMATS = {
  'video/mp4': ['mov'],
  'video/x-m4v': ['mov'],
  'video/quicktime': ['mov'],
  'video/3gpp': ['mov'],
  'video/3gpp2': ['mov'],
  'video/webm': ['matroska'],
  'video/x-matroska': ['matroska'],
  'video/x-msvideo': ['avi'],
  'video/avi': ['avi'],
  'video/mp2t': ['mpegts'],
  'video/mpeg': ['mpeg', 'mpegvideo'],
  'video/x-flv': ['flv'],
  'video/x-ms-wmv': ['asf'],
  'video/x-ms-asf': ['asf'],
  'video/ogg': ['ogg'],
};

/** The most bytes of a poster. */
const MAX_POSTER_SIZE = 8 << 20;

/** How long one run may take unless the option says otherwise, in milliseconds, and how long at most for posters. */
const TIMEOUT_MS = 3_600_000;
const MAX_POSTERS_MS = 120_000;
/** Encoders of H.264, best first. */
const ENCODERS = ['libx264', 'libopenh264'];
/** The most bytes of a rendition. */
const MAX_RENDITION_SIZE = 15_000_000_000;
/** The most processors that are used without being asked for. */
const MAX_THREADS = 4;
/** The most bytes of a film that is copied, because the storage is not a directory. */
const MAX_COPY_SIZE = 4 * 1024 ** 3;
/** The most pixels of a frame. */
const MAX_PIXELS = 100_000_000;
/** The most bytes that ffmpeg may ask for at once. */
const MAX_ALLOC = 1 << 30;
/** Parameters of every run. */
const GENERAL = ['-nostdin', '-hide_banner', '-y', '-loglevel', 'error', '-max_alloc', String(MAX_ALLOC)];

/** Where programs are. Deno may refuse to say. */
function searchPath() {
  try {
    return process.env.PATH ?? '';
  } catch {
    return '';
  }
}

/**
 * The path of a program, looked up on the PATH unless it is a path already. Undefined if there is no such program.
 *
 * @param {string} name A name, or a path.
 */
export function findProgram(name) {
  const isPath = name.includes('/') || name.includes(path.sep);
  const folders = isPath ? [''] : searchPath().split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const endings = process.platform === 'win32' ? ['', '.exe'] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.resolve(folder, name + ending);
      try {
        if (!fs.statSync(file).isFile()) continue;
        fs.accessSync(file, fs.constants.X_OK);
        return file;
      } catch {
        // The next one.
      }
    }
  }
  return undefined;
}

/** @param {Film} film */
function formatsOf({ mime }) {
  const formats = /** @type {Record<string, string[]>} */ (FORMATS)[mime];
  if (!formats) throw new Error(`films of the type ${mime} are not decoded`);
  return formats;
}

/**
 * The filter that scales frames to the size of a poster: that of the descriptor, or what fits into the box.
 *
 * @param {Film} film
 */
function scaled({ width, height }) {
  if (width && height) {
    const poster = posterSize(width, height);
    return `scale=${poster.width}:${poster.height},setsar=1`;
  }
  const { width: across, height: down } = POSTER_BOX;
  return `scale=w='max(1,trunc(iw*sar))':h=ih,scale=w='min(${across},iw)':h='min(${down},ih)':force_original_aspect_ratio=decrease,setsar=1`;
}

/**
 * Where the posters are, in seconds. Of a film without a known end, they are from its first seconds.
 *
 * @param {Film} film
 */
const placesOf = ({ durationMs }) => (durationMs ? posterPlaces(durationMs / 1000) : [0, 1, 2, 3]);

/**
 * Makes the decoder of a manager. Undefined without ffmpeg.
 *
 * @param {object} parts
 * @param {PinnedStorage} parts.storage
 * @param {{ ffmpeg?: string, threads?: number, timeoutMs?: number, resolutions?: number[] }} [parts.options]
 * @returns {Decoder | undefined}
 */
export function createFfmpeg({ storage, options = {} }) {
  const program = findProgram(options.ffmpeg ?? 'ffmpeg');
  const scratch = openScratch(storage.directory);
  if (!program) return undefined;
  const parallelism = os.availableParallelism?.() ?? os.cpus().length;
  const { timeoutMs = TIMEOUT_MS, resolutions = HEIGHTS, threads = Math.min(Math.max(parallelism - 1, 1), MAX_THREADS) } = options;

  /**
   * Calls `use` with the path of a film.
   *
   * @template Result
   * @param {Film} film
   * @param {string} folder
   * @param {(source: string) => Promise<Result>} use
   * @param {AbortSignal} signal
   */
  async function withSource({ blob, size }, folder, use, signal) {
    storage.pin(blob);
    try {
      const place = storage.fileOf?.(blob);
      if (place) return await use(place);
      if (size > MAX_COPY_SIZE) throw new Error(`a storage in memory decodes films of up to ${MAX_COPY_SIZE} bytes`);
      const copy = path.join(folder, 'film');
      const file = await fs.promises.open(copy, 'wx', 0o600);
      try {
        for await (const piece of piecesOf(storage, blob, size, { signal })) await file.write(piece);
      } finally {
        await file.close();
      }
      return await use(copy);
    } finally {
      storage.unpin(blob);
    }
  }

  /**
   * The parameters that open a file and nothing else.
   *
   * @param {string} source
   * @param {string} format
   * @param {string[]} [more]
   */
  const opening = (source, format, more = []) => [
    ...['-protocol_whitelist', 'file', '-format_whitelist', format, '-f', format],
    ...['-threads', String(threads), '-max_pixels', String(MAX_PIXELS), ...more, '-i', `file:${source}`],
  ];

  /** @type {Promise<string | undefined> | undefined} */
  let encoder;
  /**
   * The encoder of H.264 that this ffmpeg has.
   *
   * @param {string} directory
   * @param {AbortSignal} signal
   */
  async function findEncoder(directory, signal) {
    /** @type {Set<string>} */
    const known = new Set();
    const told = (/** @type {string} */ line) => void known.add(line.trim().split(/\s+/)[1] ?? '');
    const limits = { timeoutMs: Math.min(timeoutMs, MAX_POSTERS_MS), threads: 1, maxFileSize: 0 };
    await runProgram(program ?? '', ['-hide_banner', '-loglevel', 'error', '-encoders'], { directory, limits, signal, told });
    return ENCODERS.find((name) => known.has(name));
  }

  /**
   * Runs ffmpeg on some places of a film, and reads the frames that it has found.
   *
   * @param {Film} film
   * @param {object} how
   * @param {string} how.source
   * @param {string} how.folder
   * @param {string} how.format
   * @param {(number | undefined)[]} how.places In seconds; undefined for the beginning.
   * @param {AbortSignal} signal
   */
  async function frames(film, { source, folder, format, places }, signal) {
    const fileOf = (/** @type {number} */ number) => path.join(folder, `poster-${number}.jpg`);
    const inputs = places.flatMap((place) => opening(source, format, place === undefined ? [] : ['-ss', place.toFixed(3)]));
    const outputs = places.flatMap((_, number) => [
      ...['-map', `${number}:V:0`, '-an', '-sn', '-dn', '-map_metadata', '-1', '-frames:v', '1'],
      ...['-vf', scaled(film), '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', '3', '-threads', '1', '-f', 'mjpeg', `file:${fileOf(number)}`],
    ]);
    await runProgram(program ?? '', [...GENERAL, ...inputs, ...outputs], {
      directory: folder,
      limits: { timeoutMs: Math.min(timeoutMs, MAX_POSTERS_MS), threads: threads + 1, maxFileSize: MAX_POSTER_SIZE },
      signal,
    });
    /** @type {(Uint8Array<ArrayBuffer> | undefined)[]} */
    const found = [];
    for (const number of places.keys()) {
      const bytes = await fs.promises.readFile(fileOf(number)).catch(() => undefined);
      found.push(bytes?.length ? new Uint8Array(bytes) : undefined);
      await fs.promises.rm(fileOf(number), { force: true });
    }
    return found;
  }

  /**
   * The posters of a film, in whatever way it shows some.
   *
   * @param {Film} film
   * @param {{ source: string, folder: string, formats: string[] }} how
   * @param {AbortSignal} signal
   */
  async function postersOf(film, { source, folder, formats }, signal) {
    const ways = formats.flatMap((format) => [placesOf(film), [undefined]].map((places) => ({ source, folder, format, places })));
    /** @type {unknown} */
    let failure;
    for (const way of ways) {
      try {
        const posters = spread(await frames(film, way, signal));
        if (posters.length > 0) return posters;
      } catch (error) {
        if (signal.aborted) throw error;
        failure = new Error(sayable(/** @type {Error} */ (error).message, source));
      }
    }
    throw failure ?? new Error('it shows no picture');
  }

  return {
    name: 'ffmpeg',
    async posters(film, signal) {
      const formats = formatsOf(film);
      const folder = scratch.make();
      try {
        return await withSource(film, folder, (source) => postersOf(film, { source, folder, formats }, signal), signal);
      } finally {
        scratch.remove(folder);
      }
    },
    hasRenditions: (film) => ladder(film, resolutions).length > 0,
    async renditions(film, { signal, told, made }) {
      const folder = scratch.make();
      try {
        encoder ??= findEncoder(folder, signal).catch((error) => {
          encoder = undefined;
          throw error;
        });
        const found = await encoder;
        if (!found) throw new Error(`this ffmpeg has no encoder of H.264: install one that has ${ENCODERS.join(' or ')}`);
        const limits = { timeoutMs, threads: threads + 1, maxFileSize: MAX_RENDITION_SIZE, nice: 10 };
        const [format] = formatsOf(film);
        const use = async (/** @type {string} */ source) => {
          for (const rendition of ladder(film, resolutions)) {
            const files = filesOf(folder, rendition);
            const progress = (/** @type {string} */ line) => {
              const part = progressIn(line, film.durationMs);
              if (part !== undefined) told(rendition.quality, part);
            };
            told(rendition.quality, 0);
            const parameters = [...opening(source, format), '-progress', 'pipe:1', ...encoding(rendition, { encoder: found, threads, target: files.film })];
            await runProgram(program ?? '', [...GENERAL, ...parameters], { directory: folder, limits, signal, told: progress });
            const cut = [...opening(files.film, 'mov'), ...segmenting({ target: files.segments, playlist: files.playlist })];
            await runProgram(program ?? '', [...GENERAL, ...cut], { directory: folder, limits, signal });
            const segments = segmentsOf(await fs.promises.readFile(files.playlist, 'utf8'));
            const isWanted = await made({ quality: rendition.quality, film: () => streamOf(files.film), stream: () => streamOf(files.segments), segments });
            for (const file of Object.values(files)) await fs.promises.rm(file, { force: true });
            if (!isWanted) return;
          }
        };
        await withSource(film, folder, use, signal).catch((error) => {
          if (signal.aborted) throw error;
          throw new Error(sayable(error.message, storage.fileOf?.(film.blob) ?? path.join(folder, 'film')).replaceAll(folder, ''));
        });
      } finally {
        scratch.remove(folder);
      }
    },
    close: scratch.close,
  };
}

/**
 * What ffmpeg says, without the names of files and places in its memory: everybody may read it.
 *
 * @param {string} text
 * @param {string} source
 */
const sayable = (text, source) => text.replace(/^\[[^\]]*\] /, '').replaceAll(`file:${source}`, 'the file').replaceAll(source, 'the file');

/**
 * Four posters of those that there are: what is missing, behind the last frame for instance, is the same as its neighbour.
 *
 * @param {(Uint8Array<ArrayBuffer> | undefined)[]} found
 */
function spread(found) {
  const first = found.find((poster) => poster);
  if (!first) return [];
  let last = first;
  return Array.from({ length: POSTERS }, (_, number) => (last = found[number] ?? last));
}
