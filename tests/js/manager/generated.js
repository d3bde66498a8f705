// Images made by sharp, and audio and video made by ffmpeg, in every format and variant that they write.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

/** Sizes of images: one pixel, whole blocks of a codec, and sizes between. */
const SIZES = [
  [1, 1],
  [7, 5],
  [8, 8],
  [16, 16],
  [33, 64],
  [61, 17],
  [90, 41],
];

/**
 * The files made of each image. Formats that store an orientation are made with each of the eight.
 *
 * @type {Record<string, (picture: import('sharp').Sharp) => import('sharp').Sharp>}
 */
const PICTURES = {
  'baseline.jpg': (picture) => picture.jpeg(),
  'progressive.jpg': (picture) => picture.jpeg({ progressive: true }),
  'full-chroma.jpg': (picture) => picture.jpeg({ chromaSubsampling: '4:4:4', quality: 95 }),
  'grey.jpg': (picture) => picture.greyscale().jpeg(),
  'cmyk.jpg': (picture) => picture.toColourspace('cmyk').jpeg(),
  'opaque.png': (picture) => picture.removeAlpha().png(),
  'alpha.png': (picture) => picture.png(),
  'palette.png': (picture) => picture.png({ palette: true, colours: 16 }),
  'interlaced.png': (picture) => picture.png({ progressive: true }),
  'deep.png': (picture) => picture.toColourspace('rgb16').png(),
  'lossy.webp': (picture) => picture.removeAlpha().webp(),
  'alpha.webp': (picture) => picture.webp(),
  'lossless.webp': (picture) => picture.webp({ lossless: true }),
  'plain.gif': (picture) => picture.gif(),
  'plain.tiff': (picture) => picture.tiff({ compression: 'none' }),
  'lzw.tiff': (picture) => picture.tiff({ compression: 'lzw' }),
  'tiles.tiff': (picture) => picture.tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }),
  'plain.avif': (picture) => picture.avif({ effort: 0 }),
};

const KEEPS_ORIENTATION = /\.(jpg|webp|png|tiff)$/;

/**
 * Generated pictures by name, such as `33x64-6-baseline.jpg`.
 *
 * @returns {Promise<Map<string, Buffer>>}
 */
export async function generatedPictures() {
  /** @type {Map<string, Buffer>} */
  const all = new Map();
  for (const [width, height] of SIZES) {
    // A ramp in each direction, half transparent on the right.
    const pixels = Buffer.alloc(width * height * 4, 255);
    for (let at = 0; at < width * height; at += 1) {
      const [x, y] = [at % width, Math.floor(at / width)];
      pixels.set([(255 * x) / width, (255 * y) / height, 128, x * 2 > width ? 128 : 255], at * 4);
    }
    for (const [name, write] of Object.entries(PICTURES)) {
      for (let orientation = 1; orientation <= (KEEPS_ORIENTATION.test(name) ? 8 : 1); orientation += 1) {
        const picture = sharp(pixels, { raw: { width, height, channels: 4 } }).withMetadata({ orientation });
        all.set(`${width}x${height}-${orientation}-${name}`, await write(picture).toBuffer());
      }
    }
  }
  return all;
}

/** The files that ffmpeg makes of a sine tone, with its options. */
const SOUNDS = {
  'constant.mp3': '-b:a 64k',
  'varying.mp3': '-q:a 4',
  'untagged.mp3': '-b:a 96k -write_xing 0 -id3v2_version 0',
  'layer-2.mp2': '-b:a 128k',
  'plain.m4a': '-c:a aac',
  'fragments.m4a': '-c:a aac -movflags frag_keyframe+empty_moov',
  'plain.aac': '-c:a aac',
  'plain.wav': '',
  'bytes.wav': '-c:a pcm_u8',
  'wide.wav': '-c:a pcm_s24le',
  'floats.wav': '-c:a pcm_f32le',
  'a-law.wav': '-c:a pcm_alaw',
  'adpcm.wav': '-c:a adpcm_ms',
  'large.wav': '-rf64 always',
  'plain.aiff': '',
  'plain.flac': '',
  'vorbis.ogg': '-c:a libvorbis',
  'opus.ogg': '-c:a libopus',
  'plain.opus': '',
  'speex.ogg': '-c:a libspeex -ar 16000',
  'flac.oga': '-c:a flac',
  'plain.wma': '-c:a wmav2',
  'plain.mka': '-c:a libvorbis',
  'opus.webm': '-c:a libopus',
  'pcm.mov': '-c:a pcm_s16be',
};

/** The files that it makes of a test video with the same tone. */
const FILMS = {
  'plain.mp4': '-c:v libx264 -preset ultrafast -c:a aac',
  'fast-start.mp4': '-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart',
  'fragments.mp4': '-c:v libx264 -preset ultrafast -c:a aac -movflags frag_keyframe+empty_moov',
  'turned.mp4': '-c:v libx264 -preset ultrafast -c:a aac -metadata:s:v rotate=90',
  'wide.mp4': '-c:v libx264 -preset ultrafast -c:a aac -aspect 2:1',
  'plain.mov': '-c:v mjpeg -c:a pcm_s16le',
  'plain.mkv': '-c:v libx264 -preset ultrafast -c:a libvorbis',
  'plain.webm': '-c:v libvpx -deadline realtime -c:a libvorbis',
  'plain.avi': '-c:v mpeg4 -c:a libmp3lame',
  'plain.flv': '-c:v flv -c:a libmp3lame',
  'plain.ts': '-c:v mpeg2video -c:a mp2',
  'plain.m2ts': '-c:v mpeg2video -c:a mp2 -mpegts_m2ts_mode 1',
  'plain.mpg': '-c:v mpeg1video -c:a mp2',
  'plain.vob': '-c:v mpeg2video -c:a mp2',
  'plain.wmv': '-c:v wmv2 -c:a wmav2',
  'plain.ogv': '-c:v libtheora -c:a libvorbis',
  'plain.3gp': '-c:v mpeg4 -c:a aac',
};

/** Durations in seconds, sample rates, frame sizes and frame rates. */
const TAKES = [
  [0.7, 44_100, '64x48', 25],
  [1.5, 48_000, '128x96', 30],
  [2.3, 44_100, '352x288', 24],
];

/**
 * Generated sounds and films by name, such as `1.5-plain.mp4`.
 *
 * @param {string} folder
 * @returns {Promise<Map<string, Buffer>>}
 */
export async function generatedMedia(folder) {
  for (const [seconds, rate, size, pictures] of TAKES) {
    const inputs = `-f lavfi -i sine=r=${rate} -f lavfi -i testsrc=s=${size}:r=${pictures}`;
    const outputs = [
      ...Object.entries(SOUNDS).map(([name, options]) => `-map 0 ${options} -t ${seconds} ${join(folder, `${seconds}-${name}`)}`),
      ...Object.entries(FILMS).map(([name, options]) => `-map 1 -map 0 -pix_fmt:v ${name.endsWith('.mov') ? 'yuvj420p' : 'yuv420p'} ${options} -t ${seconds} ${join(folder, `${seconds}-${name}`)}`),
    ];
    await run('ffmpeg', `-v error -y ${inputs} ${outputs.join(' ')}`.split(/ +/));
  }
  const names = (await readdir(folder)).sort();
  return new Map(await Promise.all(names.map(async (name) => /** @type {const} */ ([name, await readFile(join(folder, name))]))));
}
