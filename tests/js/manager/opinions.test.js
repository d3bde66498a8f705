// Second opinions: the results of a manager for shipped and generated files, compared with those of ffprobe, music-metadata,
// exiftool, file-type and sharp.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { fileTypeFromBuffer } from 'file-type';
import { parseBuffer } from 'music-metadata';
import sharp from 'sharp';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { DISAGREEMENTS, MAX_SHARE } from './disagreements.js';
import { generatedMedia, generatedPictures } from './generated.js';
import { zipOf } from './zips.js';

/**
 * @typedef {object} Said What a program reports about a file, in milliseconds and displayed pixels.
 * @property {number} [duration]
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [url]
 */

/**
 * @typedef {object} Stream What ffprobe reports about a stream.
 * @property {string} [codec_type]
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [sample_aspect_ratio]
 * @property {{ attached_pic?: number }} [disposition]
 * @property {{ rotation?: number }[]} [side_data_list]
 */

const DATA = new URL('../../data/', import.meta.url);
const run = promisify(execFile);

/** Milliseconds by which durations may differ: an audio frame, and the samples that an encoder adds. */
const TOLERANCE = 100;

/** How far colours may differ, of 255: decoders of lossy formats round and upsample chroma in different ways. */
const MAX_MEAN = 1;
const MAX_DIFFERENCE = 24;

/** Other names of one type in file-type. */
const SYNONYMS = new Map([
  ['application/x-sqlite3', 'application/vnd.sqlite3'],
  ['application/vnd.ms-word.document.macroenabled.12', 'application/vnd.ms-word.document.macroEnabled.12'],
  ['audio/ape', 'audio/x-ape'],
  ['image/x-fujifilm-raf', 'image/x-fuji-raf'],
  ['application/x-cfb', 'application/x-ole-storage'],
  ['application/x-rar-compressed', 'application/vnd.rar'],
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['audio/x-m4a', 'audio/mp4'],
  ['image/heic-sequence', 'image/heic'],
  ['image/heif-sequence', 'image/heif'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['video/matroska', 'video/x-matroska'],
  ['video/vnd.avi', 'video/x-msvideo'],
  ['video/x-m4v', 'video/mp4'],
  ['video/MP2P', 'video/mpeg'],
  ['video/MP1S', 'video/mpeg'],
  ['video/x-ms-asf', 'video/x-ms-wmv'],
  ['application/vnd.ms-asf', 'video/x-ms-wmv'],
  ['audio/x-ms-asf', 'audio/x-ms-wma'],
]);

/** Types for which file-type uses one name, whatever the tracks are. */
const COARSE = new Map([['video/x-matroska', 'audio/x-matroska']]);

/** @param {string} text */
const bytes = (text) => Buffer.from(text, 'latin1');

/**
 * Generated files of other types: a container with the entries, or the beginning, that make each format.
 *
 * @returns {Record<string, Uint8Array>}
 */
function containers() {
  const office = (/** @type {string} */ type) => `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" ContentType="${type}.main+xml"/></Types>`;
  const open = 'application/vnd.openxmlformats-officedocument';
  return {
    'a.docx': zipOf({ '[Content_Types].xml': office(`${open}.wordprocessingml.document`), 'word/document.xml': '<w/>' }),
    'a.xlsx': zipOf({ '[Content_Types].xml': office(`${open}.spreadsheetml.sheet`), 'xl/workbook.xml': '<w/>' }),
    'a.pptx': zipOf({ '[Content_Types].xml': office(`${open}.presentationml.presentation`), 'ppt/presentation.xml': '<w/>' }),
    'a.odt': zipOf({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<o/>' }),
    'a.ods': zipOf({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<o/>' }),
    'a.epub': zipOf({ mimetype: 'application/epub+zip', 'META-INF/container.xml': '<o/>' }),
    'a.jar': zipOf({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n' }),
    'a.zip': zipOf({ 'notes.txt': 'hello' }),
    'a.7z': bytes(`7z\xbc\xaf\x27\x1c\0\x04${'\0'.repeat(24)}`),
    'a.rar': bytes(`Rar!\x1a\x07\x01\0${'\0'.repeat(24)}`),
    'a.bz2': bytes(`BZh91AY&SY${'\0'.repeat(24)}`),
    'a.xz': bytes(`\xfd7zXZ\0\0\x04${'\0'.repeat(24)}`),
    'a.zst': bytes(`\x28\xb5\x2f\xfd${'\0'.repeat(24)}`),
    'a.gz': bytes(`\x1f\x8b\x08\0${'\0'.repeat(24)}`),
    'a.pdf': bytes('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n'),
    'a.rtf': bytes('{\\rtf1\\ansi hello}'),
    'a.psd': bytes(`8BPS\0\x01${'\0'.repeat(40)}`),
    'a.glb': bytes(`glTF\x02\0\0\0\x0c\0\0\0${'\0'.repeat(8)}`),
    'a.woff': bytes(`wOFF\0\x01\0\0${'\0'.repeat(40)}`),
    'a.otf': bytes(`OTTO\0\x01\0\0${'\0'.repeat(40)}`),
    'a.mid': bytes('MThd\0\0\0\x06\0\x01\0\x02\x01\xe0MTrk\0\0\0\0'),
    'a.amr': bytes(`#!AMR\n${'\0'.repeat(24)}`),
    'a.ape': bytes(`MAC \x96\x0f${'\0'.repeat(40)}`),
    'a.wv': bytes(`wvpk${'\0'.repeat(40)}`),
    'a.flv': bytes(`FLV\x01\x05\0\0\0\x09${'\0'.repeat(24)}`),
    'a.sqlite': bytes(`SQLite format 3\0${'\0'.repeat(84)}`),
    'a.wasm': bytes('\0asm\x01\0\0\0'),
    'a.raf': bytes(`FUJIFILMCCD-RAW 0201${'\0'.repeat(100)}`),
    'a.jp2': bytes(`\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ${'\0'.repeat(24)}`),
  };
}

/**
 * The shipped files of a folder.
 *
 * @param {string} folder
 */
async function shipped(folder) {
  const entries = await readdir(new URL(folder, DATA), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.(md|txt|json)$/.test(entry.name));
  return Promise.all(files.map(async (entry) => /** @type {const} */ ([entry.name, await readFile(join(entry.parentPath, entry.name))])));
}

/** @param {string} path */
async function ffprobe(path) {
  const shown = 'format=duration:stream=codec_type,width,height,sample_aspect_ratio:stream_side_data=rotation:stream_disposition=attached_pic';
  const args = ['-v', 'error', '-show_entries', shown, '-of', 'json', path];
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

/**
 * The displayed pixels of an image, in RGBA.
 *
 * @param {Buffer} bytes
 */
const pixelsOf = (bytes) => sharp(bytes, { failOn: 'none', ignoreIcc: true }).rotate().toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });

suite('second opinions', () => {
  /** @type {Awaited<ReturnType<typeof createManager>>} */
  let manager;
  /** @type {string} */
  let folder;
  /** @type {Map<string, Buffer>} */
  let media;
  /** @type {Map<string, Buffer>} */
  let pictures;
  /** @type {Map<string, Buffer>} */
  let others;
  /** @type {Map<string, Said>} */
  const ours = new Map();

  /**
   * Uploads a file, and returns its descriptor once it is processed.
   *
   * @param {string} fileName
   * @param {Buffer} content
   */
  async function upload(fileName, content) {
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName });
    const address = present(uploadUrl);
    const answer = await manager.fetch(address, { method: 'PUT', body: Uint8Array.from(content) });
    assert.equal(answer.status, 200, fileName);
    const { file } = await answer.json();
    await manager.clock.advance(2000);
    return (await (await manager.fetch(new URL(`/site-media/v1/files/${file.id}`, address).href)).json()).file;
  }

  before(async () => {
    manager = await createManager({ clock: 'virtual' });
    folder = await mkdtemp(join(tmpdir(), 'wix-media-opinions-'));
    await mkdir(join(folder, 'media'));
    media = new Map([...(await generatedMedia(join(folder, 'media'))), ...(await shipped('media'))]);
    pictures = new Map([...(await generatedPictures()), ...(await shipped('pictures')), ...(await shipped('photos'))]);
    others = new Map([...Object.entries(containers()).map(([name, content]) => /** @type {const} */ ([name, Buffer.from(content)])), ...(await shipped('types')), ...(await shipped('site'))]);
    for (const [name, content] of [...media, ...pictures]) {
      const { media: facts = {}, url } = await upload(name, content);
      const { video, audio, image, vector } = facts;
      const { width, height } = image?.image ?? vector?.image ?? video?.resolutions[0] ?? {};
      ours.set(name, { duration: video?.durationInMilliseconds ?? audio?.duration, width, height, url });
      await writeFile(join(folder, name), content);
    }
  });
  after(async () => {
    await manager.close();
    await rm(folder, { recursive: true });
  });

  /**
   * Checks that exactly those files are listed for which the results differ.
   *
   * @param {keyof typeof DISAGREEMENTS} program
   * @param {Map<string, unknown>} found What differs.
   */
  function agree(program, found) {
    const unlisted = [...found].filter(([name]) => !(name in DISAGREEMENTS[program]));
    assert.deepEqual(unlisted, [], `${program} says something else`);
    const settled = Object.keys(DISAGREEMENTS[program]).filter((name) => !found.has(name));
    assert.deepEqual(settled, [], `${program} agrees by now`);
  }

  test('ffprobe: says the same of the duration and size of every sound and film', async () => {
    const found = new Map();
    for (const name of media.keys()) {
      const { duration = 0, width, height } = present(ours.get(name));
      const other = await ffprobe(join(folder, name));
      const isClose = Math.abs(duration - (other.duration ?? 0)) <= TOLERANCE;
      if (!isClose || width !== other.width || height !== other.height) found.set(name, [duration, width, height, other]);
    }
    agree('ffprobe', found);
  });

  test('music-metadata: says the same of the duration of every sound that it reads', async () => {
    const found = new Map();
    let compared = 0;
    for (const [name, content] of media) {
      const parsed = await parseBuffer(content, undefined, { duration: true }).catch(() => undefined);
      const other = parsed?.format.duration;
      if (!other) continue;
      compared += 1;
      const { duration = 0 } = present(ours.get(name));
      if (Math.abs(duration - other * 1000) > TOLERANCE) found.set(name, [duration, other * 1000]);
    }
    agree('music-metadata', found);
    assert.ok(compared >= 100, `${compared} files were compared`);
  });

  test('exiftool: says the same of the size of every picture', async () => {
    const args = ['-j', '-n', '-ImageWidth', '-ImageHeight', '-Orientation', '-Rotation', folder];
    // It exits with an error if it cannot read one of the files, but still reports the others.
    const { stdout } = await run('exiftool', args, { maxBuffer: 1 << 26 }).catch((error) => error);
    const found = new Map();
    let compared = 0;
    for (const { SourceFile: path, ImageWidth: across, ImageHeight: down, Orientation: orientation, Rotation: rotation } of JSON.parse(stdout)) {
      const name = path.slice(folder.length + 1);
      // It does not convert units to pixels, and does not report sizes that only a view box gives.
      if (!pictures.has(name) || typeof across !== 'number' || typeof down !== 'number') continue;
      compared += 1;
      const isSideways = orientation >= 5 || (rotation ?? 0) % 180 !== 0;
      const { width, height } = present(ours.get(name));
      const [wanted, high] = isSideways ? [down, across] : [across, down];
      if (width !== wanted || height !== high) found.set(name, [width, height, wanted, high]);
    }
    agree('exiftool', found);
    assert.ok(compared >= 600, `${compared} files were compared`);
  });

  test('sharp: shows the same pixels of every image that both show', async () => {
    const found = new Map();
    let compared = 0;
    for (const [name, content] of pictures) {
      const { url = '' } = present(ours.get(name));
      // For drawings, librsvg takes an inch for 72 pixels, and smooths edges differently.
      if (url.includes('/shapes/')) continue;
      const response = await manager.fetch(`${url}/v1/fit/w_5000,h_5000/a.png`);
      if (response.status !== 200) {
        assert.ok([404, 415].includes(response.status), `${name}: ${response.status} ${await response.text()}`);
        continue;
      }
      const theirs = await pixelsOf(content).catch(() => undefined);
      if (!theirs) continue;
      compared += 1;
      const own = await pixelsOf(Buffer.from(await response.arrayBuffer()));
      assert.deepEqual([own.info.width, own.info.height], [theirs.info.width, theirs.info.height], name);
      const differences = own.data.map((value, at) => Math.abs(value - theirs.data[at]));
      const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
      const most = differences.reduce((one, other) => Math.max(one, other), 0);
      if (mean > MAX_MEAN || most > MAX_DIFFERENCE) found.set(name, [mean, most]);
    }
    agree('sharp', found);
    assert.ok(compared >= 500, `${compared} files were compared`);
  });

  test('file-type: recognises the same type by the bytes alone', async () => {
    const found = new Map();
    for (const [name, content] of [...media, ...pictures, ...others]) {
      const theirs = (await fileTypeFromBuffer(content))?.mime;
      const named = theirs && (SYNONYMS.get(theirs) ?? theirs);
      const { mimeType } = await upload('sample', content);
      if (named !== undefined && named !== mimeType && COARSE.get(named) !== mimeType) found.set(name, [mimeType, named]);
    }
    agree('file-type', found);
  });

  test('second opinions: differ about two of a hundred files at most', () => {
    const files = new Set(Object.values(DISAGREEMENTS).flatMap((reasons) => Object.keys(reasons)));
    const total = media.size + pictures.size + others.size;
    assert.ok(files.size <= total * MAX_SHARE, `${files.size} of ${total} files`);
  });
});
