// Renditions of videos: an MP4 of each height, and the same in segments for streams.
import fs from 'node:fs';
import path from 'node:path';
import { streamOfPieces } from '../bodies.js';
import { HEIGHTS } from './sizes.js';

/** @import { Rendition, Transcode } from '../internal.d.ts' */

/** The most bits per second of a rendition, by its height. */
const BITRATES = /** @type {const} */ ([
  [240, 400_000],
  [360, 800_000],
  [480, 1_400_000],
  [720, 3_000_000],
  [Infinity, 6_000_000],
]);

/** The duration of segments, and the distance between key frames, in seconds. */
const SEGMENT_SECONDS = 6;
const KEY_FRAME_SECONDS = 2;

const even = (/** @type {number} */ length) => Math.max(2, 2 * Math.round(length / 2));

/** @param {number} height */
const qualityOf = (height) => `${HEIGHTS.find((limit) => height <= limit) ?? HEIGHTS[HEIGHTS.length - 1]}p`;

/**
 * The renditions of a video, smallest first. None is larger than the video. A video below the smallest height has one of its own
 * size.
 *
 * @param {Transcode} video
 * @param {number[]} heights
 */
export function ladder({ width, height }, heights) {
  if (!width || !height || heights.length === 0) return [];
  const fitting = [...new Set(heights)].filter((wanted) => wanted <= height).sort((one, other) => one - other);
  // Encoders require even sides.
  const floor = (/** @type {number} */ side) => Math.max(2, side - (side % 2));
  return (fitting.length > 0 ? fitting : [floor(height)]).map((wanted) => ({
    quality: qualityOf(wanted),
    height: wanted,
    width: Math.min(even((width * wanted) / height), floor(width)),
  }));
}

/**
 * The arguments that encode a rendition.
 *
 * @param {Rendition} rendition
 * @param {{ encoder: string, threads: number, target: string }} how
 */
export function encoding({ width, height }, { encoder, threads, target }) {
  const [, bitrate] = BITRATES.find(([limit]) => height <= limit) ?? BITRATES[BITRATES.length - 1];
  const quality = encoder === 'libx264' ? ['-preset', 'veryfast', '-crf', '23'] : ['-b:v', String(bitrate)];
  return [
    ...['-map', '0:V:0', '-map', '0:a:0?', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-vf', `scale=${width}:${height},setsar=1`, '-pix_fmt', 'yuv420p', '-c:v', encoder, ...quality],
    ...['-maxrate', String(bitrate), '-bufsize', String(2 * bitrate), '-force_key_frames', `expr:gte(t,n_forced*${KEY_FRAME_SECONDS})`],
    ...['-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-threads', String(threads)],
    ...['-movflags', '+faststart', '-f', 'mp4', `file:${target}`],
  ];
}

/**
 * The arguments that cut a rendition into segments, in one file beside a playlist.
 *
 * @param {{ target: string, playlist: string }} how
 */
export const segmenting = ({ target, playlist }) => [
  ...['-map', '0', '-c', 'copy', '-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod'],
  ...['-hls_segment_type', 'fmp4', '-hls_flags', 'single_file', '-hls_segment_filename', target, `file:${playlist}`],
];

/**
 * The segments that a playlist lists, which follow each other in one file.
 *
 * @param {string} playlist
 * @returns {{ header: number, segments: [ms: number, bytes: number][] }}
 */
export function segmentsOf(playlist) {
  const header = Number(/BYTERANGE="(\d+)@0"/.exec(playlist)?.[1]);
  const found = [...playlist.matchAll(/#EXTINF:([\d.]+),\s*#EXT-X-BYTERANGE:(\d+)@(\d+)/g)];
  let end = header;
  const segments = found.map(([, seconds, length, start]) => {
    if (Number(start) !== end) throw new Error('the segments of a rendition do not follow each other');
    end += Number(length);
    return /** @type {[number, number]} */ ([Math.round(Number(seconds) * 1000), Number(length)]);
  });
  if (!(header > 0) || segments.length === 0) throw new Error('a rendition has no segments');
  return { header, segments };
}

/**
 * The codecs of a rendition, as in RFC 6381, from the header of its segments. Undefined if it has no H.264.
 *
 * @param {Buffer} header
 */
export function codecsOf(header) {
  const at = header.indexOf('avcC');
  // The version precedes the profile, the constraints and the level.
  const profile = header.subarray(at + 5, at + 8);
  if (at < 0 || profile.length < 3) return undefined;
  return `avc1.${profile.toString('hex')}${header.includes('mp4a') ? ',mp4a.40.2' : ''}`;
}

/**
 * The progress of a run, from 0 to 1, in a line of ffmpeg's output. Undefined for other lines.
 *
 * @param {string} line
 * @param {number | null} durationMs
 */
export function progressIn(line, durationMs) {
  const microseconds = Number(/^out_time_us=(\d+)$/.exec(line)?.[1]);
  return durationMs && microseconds >= 0 ? Math.min(microseconds / 1000 / durationMs, 1) : undefined;
}

/**
 * The bytes of a file, read on demand.
 *
 * @param {string} file
 */
export const streamOf = (file) => streamOfPieces(fs.createReadStream(file, { highWaterMark: 1 << 18 })[Symbol.asyncIterator]());

/**
 * The names of the files of a rendition.
 *
 * @param {string} folder
 * @param {Rendition} rendition
 */
export const filesOf = (folder, { quality }) => ({
  whole: path.join(folder, `${quality}.mp4`),
  segmented: path.join(folder, `${quality}.m4s`),
  playlist: path.join(folder, `${quality}.m3u8`),
});
