// The decoder in Node, Bun and Deno: `ffmpeg`, if it is on the PATH or set by an option.
//
// Videos are untrusted. ffmpeg gets the path of a video and may open nothing but files. The manager sets the format, one of a few
// that contain everything they show, so no playlist or script can refer to anything else. Its time, memory and output are limited
// (`process.js`), and it writes into a temporary folder that is removed afterwards (`scratch.js`).
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { piecesOf } from '../bodies.js';
import { findProgram, runProgram } from './process.js';
import { codecsOf, encoding, filesOf, ladder, progressIn, segmenting, segmentsOf, streamOf } from './renditions.js';
import { openScratch } from './scratch.js';
import { HEIGHTS, POSTER_BOX, POSTERS, posterPlaces, posterSize } from './sizes.js';

/** @import { Decoder, PinnedStorage, Transcode } from '../internal.d.ts' */

/** The formats of ffmpeg by MIME type. They are tried in turn. Other types are not decoded. */
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

/** The default time limit of one run, and the most for posters, in milliseconds. */
const TIMEOUT_MS = 3_600_000;
const MAX_POSTERS_MS = 120_000;
/** Encoders of H.264, best first. */
const ENCODERS = ['libx264', 'libopenh264'];
/** The most bytes of a rendition. */
const MAX_RENDITION_SIZE = 15_000_000_000;
/** The most bytes of the header of segments that are read for their codecs. */
const MAX_HEADER_SIZE = 1 << 16;
/** The most processors that are used by default. */
const MAX_THREADS = 4;
/** The most bytes of a video that is copied, because the storage is not a directory. */
const MAX_COPY_SIZE = 4 * 1024 ** 3;
/** The most pixels of a frame. */
const MAX_PIXELS = 100_000_000;
/** The most bytes that ffmpeg may ask for at once. */
const MAX_ALLOC = 1 << 30;
/** Arguments of every run. */
const GENERAL = ['-nostdin', '-hide_banner', '-y', '-loglevel', 'error', '-max_alloc', String(MAX_ALLOC)];

/** @param {Transcode} video */
function formatsOf({ mime }) {
  const formats = /** @type {Record<string, string[]>} */ (FORMATS)[mime];
  if (!formats) throw new Error(`videos of the type ${mime} are not decoded`);
  return formats;
}

/**
 * The filter that scales frames to the size of a poster, by the dimensions of the descriptor if they are known.
 *
 * @param {Transcode} video
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
 * The times of the posters in seconds. Those of a video of unknown duration are its first seconds.
 *
 * @param {Transcode} video
 */
const placesOf = ({ durationMs }) => (durationMs ? posterPlaces(durationMs / 1000) : [0, 1, 2, 3]);

/**
 * Creates the decoder of a manager. Returns undefined without ffmpeg.
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
   * Calls `use` with the path of a video.
   *
   * @template Result
   * @param {Transcode} video
   * @param {string} folder
   * @param {(source: string) => Promise<Result>} use
   * @param {AbortSignal} signal
   */
  async function withSource({ blob, size }, folder, use, signal) {
    storage.pin(blob);
    try {
      const place = storage.fileOf?.(blob);
      if (place) return await use(place);
      if (size > MAX_COPY_SIZE) throw new Error(`a storage in memory decodes videos of up to ${MAX_COPY_SIZE} bytes`);
      const copy = path.join(folder, 'video');
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
   * The arguments that open a file and nothing else.
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
    const onLine = (/** @type {string} */ line) => void known.add(line.trim().split(/\s+/)[1] ?? '');
    const limits = { timeoutMs: Math.min(timeoutMs, MAX_POSTERS_MS), threads: 1, maxFileSize: 0 };
    await runProgram(program ?? '', ['-hide_banner', '-loglevel', 'error', '-encoders'], { directory, limits, signal, onLine });
    return ENCODERS.find((name) => known.has(name));
  }

  /**
   * Extracts the frames at some times of a video. Those that ffmpeg does not find are undefined.
   *
   * @param {Transcode} video
   * @param {object} how
   * @param {string} how.source
   * @param {string} how.folder
   * @param {string} how.format
   * @param {(number | undefined)[]} how.places In seconds, or undefined for the beginning.
   * @param {AbortSignal} signal
   */
  async function frames(video, { source, folder, format, places }, signal) {
    const fileOf = (/** @type {number} */ number) => path.join(folder, `poster-${number}.jpg`);
    const inputs = places.flatMap((place) => opening(source, format, place === undefined ? [] : ['-ss', place.toFixed(3)]));
    const outputs = places.flatMap((_, number) => [
      ...['-map', `${number}:V:0`, '-an', '-sn', '-dn', '-map_metadata', '-1', '-frames:v', '1'],
      ...['-vf', scaled(video), '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', '3', '-threads', '1', '-f', 'mjpeg', `file:${fileOf(number)}`],
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
   * The posters of a video, by the first format and places that give any.
   *
   * @param {Transcode} video
   * @param {{ source: string, folder: string, formats: string[] }} how
   * @param {AbortSignal} signal
   */
  async function postersOf(video, { source, folder, formats }, signal) {
    const ways = formats.flatMap((format) => [placesOf(video), [undefined]].map((places) => ({ source, folder, format, places })));
    /** @type {unknown} */
    let failure;
    for (const way of ways) {
      try {
        const posters = spread(await frames(video, way, signal));
        if (posters.length > 0) return posters;
      } catch (error) {
        if (signal.aborted) throw error;
        failure = new Error(withoutPaths(/** @type {Error} */ (error).message, source));
      }
    }
    throw failure ?? new Error('it shows no picture');
  }

  return {
    name: 'ffmpeg',
    async posters(video, signal) {
      const formats = formatsOf(video);
      const folder = scratch.make();
      try {
        return await withSource(video, folder, (source) => postersOf(video, { source, folder, formats }, signal), signal);
      } finally {
        scratch.remove(folder);
      }
    },
    hasRenditions: (video) => ladder(video, resolutions).length > 0,
    async renditions(video, { signal, onProgress, onRendition }) {
      const folder = scratch.make();
      try {
        encoder ??= findEncoder(folder, signal).catch((error) => {
          encoder = undefined;
          throw error;
        });
        const found = await encoder;
        if (!found) throw new Error(`this ffmpeg has no encoder of H.264: install one that has ${ENCODERS.join(' or ')}`);
        const limits = { timeoutMs, threads: threads + 1, maxFileSize: MAX_RENDITION_SIZE, nice: 10 };
        const [format] = formatsOf(video);
        const use = async (/** @type {string} */ source) => {
          for (const rendition of ladder(video, resolutions)) {
            const files = filesOf(folder, rendition);
            const progress = (/** @type {string} */ line) => {
              const part = progressIn(line, video.durationMs);
              if (part !== undefined) onProgress(rendition.quality, part);
            };
            onProgress(rendition.quality, 0);
            const parameters = [...opening(source, format), '-progress', 'pipe:1', ...encoding(rendition, { encoder: found, threads, target: files.whole })];
            await runProgram(program ?? '', [...GENERAL, ...parameters], { directory: folder, limits, signal, onLine: progress });
            const cut = [...opening(files.whole, 'mov'), ...segmenting({ target: files.segmented, playlist: files.playlist })];
            await runProgram(program ?? '', [...GENERAL, ...cut], { directory: folder, limits, signal });
            const list = segmentsOf(await fs.promises.readFile(files.playlist, 'utf8'));
            const segments = { ...list, codecs: codecsOf(await beginning(files.segmented, list.header)) };
            const { quality } = rendition;
            const isWanted = await onRendition({ quality, whole: () => streamOf(files.whole), segmented: () => streamOf(files.segmented), segments });
            for (const file of Object.values(files)) await fs.promises.rm(file, { force: true });
            if (!isWanted) return;
          }
        };
        await withSource(video, folder, use, signal).catch((error) => {
          if (signal.aborted) throw error;
          throw new Error(withoutPaths(error.message, storage.fileOf?.(video.blob) ?? path.join(folder, 'video')).replaceAll(folder, ''));
        });
      } finally {
        scratch.remove(folder);
      }
    },
    close: scratch.close,
  };
}

/**
 * A message of ffmpeg without paths and addresses of its memory, because anyone may read it.
 *
 * @param {string} text
 * @param {string} source
 */
const withoutPaths = (text, source) => text.replace(/^\[[^\]]*\] /, '').replaceAll(`file:${source}`, 'the file').replaceAll(source, 'the file');

/**
 * The first bytes of a file.
 *
 * @param {string} place
 * @param {number} length
 */
async function beginning(place, length) {
  const file = await fs.promises.open(place);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, MAX_HEADER_SIZE)), 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Four posters from those that were found. A missing one, such as after the last frame, is a copy of its neighbour.
 *
 * @param {(Uint8Array<ArrayBuffer> | undefined)[]} found
 */
function spread(found) {
  const first = found.find((poster) => poster);
  if (!first) return [];
  let last = first;
  return Array.from({ length: POSTERS }, (_, number) => (last = found[number] ?? last));
}
