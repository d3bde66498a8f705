// Sound and film: what a manager says of every file in tests/data/media, compared with ffprobe and with music-metadata.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseBuffer } from 'music-metadata';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';

/**
 * @typedef {object} Said What something says of a file, in milliseconds and pixels as shown.
 * @property {number} [duration]
 * @property {number} [width]
 * @property {number} [height]
 */

/**
 * @typedef {object} Stream What ffprobe says of a stream.
 * @property {string} [codec_type]
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [sample_aspect_ratio]
 * @property {{ attached_pic?: number }} [disposition]
 * @property {{ rotation?: number }[]} [side_data_list]
 */

const MEDIA = new URL('../../data/media/', import.meta.url);
const run = promisify(execFile);

/** The milliseconds by which two programs may differ: a frame of sound, and the samples that an encoder adds. */
const TOLERANCE = 100;

/**
 * Where the other side is wrong, and why.
 *
 * @type {Record<string, string>}
 */
const FFPROBE_IS_WRONG = {
  'film-length-unknown.mp4': 'all bits set mean an unknown duration (ISO 14496-12, 8.2.2), and it takes them for a number',
  'mp3-ape-tag.mp3': 'it takes the cover of the APE tag for sound',
  'mp3-tag-zero-frames.mp3': 'it estimates by the bit rate of the first frames, and there are 116 frames of 1152 samples',
  'mp3-varying-without-tag.mp3': 'it estimates by the bit rate of the first frames, and there are 116 frames of 1152 samples',
  'live.webm': 'it knows no duration, because none is stored',
};

/** @type {Record<string, string>} */
const MUSIC_METADATA_IS_WRONG = {
  'mp3-ape-tag.mp3': 'it takes the cover of the APE tag for sound',
};

const hasFfprobe = await run('ffprobe', ['-version']).then(() => true, () => false);

/** @param {string} name */
async function ffprobe(name) {
  const shown = 'format=duration:stream=codec_type,width,height,sample_aspect_ratio:stream_side_data=rotation:stream_disposition=attached_pic';
  const args = ['-v', 'error', '-show_entries', shown, '-of', 'json', fileURLToPath(new URL(name, MEDIA))];
  /** @type {{ format?: { duration?: string }, streams?: Stream[] }} */
  const { format = {}, streams = [] } = JSON.parse((await run('ffprobe', args)).stdout);
  /** @type {Said} */
  const said = {};
  if (format.duration !== undefined) said.duration = Number(format.duration) * 1000;
  const video = streams.find(({ codec_type: type, disposition }) => type === 'video' && !disposition?.attached_pic);
  if (video?.width && video.height) {
    const [across = 1, down = 1] = (video.sample_aspect_ratio ?? '1:1').split(':').map(Number);
    const width = Math.floor((video.width * (across || 1)) / (down || 1));
    const isSideways = (video.side_data_list ?? []).some(({ rotation }) => Math.abs(rotation ?? 0) === 90);
    [said.width, said.height] = isSideways ? [video.height, width] : [width, video.height];
  }
  return said;
}

suite('sound and film', () => {
  /** @type {Awaited<ReturnType<typeof createManager>>} */
  let manager;
  /** @type {Map<string, Said>} */
  const ours = new Map();
  before(async () => {
    manager = await createManager({ clock: 'virtual' });
    for (const name of (await readdir(MEDIA)).filter((name) => name !== 'README.md')) {
      const body = await readFile(new URL(name, MEDIA));
      const upload = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: name });
      const uploadUrl = present(upload.uploadUrl);
      const answer = await manager.fetch(uploadUrl, { method: 'PUT', body });
      assert.equal(answer.status, 200, name);
      const { file } = await answer.json();
      await manager.clock.advance(2000);
      const { file: ready } = await (await manager.fetch(new URL(`/site-media/v1/files/${file.id}`, uploadUrl).href)).json();
      const { video, audio } = ready.media;
      const [{ width, height } = {}] = video?.resolutions ?? [];
      ours.set(name, { duration: video?.durationInMilliseconds ?? audio?.duration, width, height });
    }
  });
  after(() => manager.close());

  test('film: ffprobe says the same of every file', { skip: !hasFfprobe && 'ffprobe is not installed' }, async () => {
    for (const [name, said] of ours) {
      const other = await ffprobe(name);
      const isClose = Math.abs((said.duration ?? 0) - (other.duration ?? 0)) <= TOLERANCE;
      assert.equal(isClose, !(name in FFPROBE_IS_WRONG), `${name}: ${said.duration} and ${other.duration}`);
      assert.deepEqual([said.width, said.height], [other.width, other.height], name);
    }
  });

  test('sound: music-metadata says the same of every file that it reads', async () => {
    let compared = 0;
    for (const [name, said] of ours) {
      const parsed = await parseBuffer(await readFile(new URL(name, MEDIA)), undefined, { duration: true }).catch(() => undefined);
      const other = parsed?.format.duration;
      if (!other) continue;
      compared += 1;
      const isClose = Math.abs((said.duration ?? 0) - other * 1000) <= TOLERANCE;
      assert.equal(isClose, !(name in MUSIC_METADATA_IS_WRONG), `${name}: ${said.duration} and ${other * 1000}`);
    }
    assert.ok(compared >= 25, `${compared} files were compared`);
  });
});
