// Posters and renditions of videos: by ffmpeg, and by scripts in its place for tests of how the manager runs the program.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { listen } from '../../../pkg-template/cli/server/listen.js';
import { createFfmpeg } from '../../../pkg-template/manager/videos/ffmpeg.js';
import { createManager } from '../harness/package.js';
import { startManager, temporaryFolder } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { start } from './processes.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { ManagerOptions, MediaManager } from '../harness/package.js'
 */

const run = promisify(execFile);
const MEDIA = new URL('../../data/media/', import.meta.url);
const PHOTO = fileURLToPath(new URL('../../data/photos/chelsea.jpg', import.meta.url));
const ENTRY = new URL('../../../dist/node.js', import.meta.url).href;
const isWindows = process.platform === 'win32';

/** Films in all formats that are decoded. */
const FILMS = [
  'anamorphic.mkv',
  'camera.m2ts',
  'declared-video-3gpp2.3gp',
  'declared-video-x-m4v.m4v',
  'film-fragments.mp4',
  'film.avi',
  'film.flv',
  'film.ogv',
  'film.webm',
  'film.wmv',
  'h264.ts',
  'hevc.ts',
  'live.webm',
  'mpeg1.mpg',
  'mpeg2-wide.vob',
  'rotated.mp4',
  'vp9.webm',
];

/**
 * A film that is red in its first half and blue in its second.
 *
 * @param {TestContext} t
 */
async function twoColours(t) {
  const file = join(await temporaryFolder(t), 'film.mp4');
  const colour = (/** @type {string} */ name) => ['-f', 'lavfi', '-i', `color=c=${name}:s=320x180:r=10:d=2`];
  const coding = ['-filter_complex', '[0][1]concat=n=2:v=1', '-pix_fmt', 'yuv420p', '-c:v', 'mpeg4', '-q:v', '2'];
  await run('ffmpeg', ['-v', 'error', ...colour('red'), ...colour('blue'), ...coding, file]);
  return new Uint8Array(await readFile(file));
}

/**
 * @typedef {{ url: string, width: number, height: number, quality?: string, format?: string }} Part
 * @typedef {{ id: string, operationStatus: string, thumbnailUrl: string, media: { video: { posters: Part[], resolutions: Part[] } } }} Descriptor
 */

/**
 * The descriptor of a video in REST form.
 *
 * @param {MediaManager} manager
 * @param {string | null | undefined} id
 * @returns {Promise<Descriptor>}
 */
async function descriptorOf(manager, id) {
  const response = await manager.fetch(`${manager.baseUrl}/site-media/v1/files/get-file-by-id?fileId=${id}`);
  return (await response.json()).file;
}

/**
 * Waits until a video is ready, and returns its descriptor.
 *
 * @param {MediaManager} manager
 * @param {string | null | undefined} id
 */
async function awaited(manager, id) {
  await manager.client.uploads.waitUntilReady(present(id));
  return descriptorOf(manager, id);
}

/**
 * Uploads a film, and returns its descriptor once it is ready.
 *
 * @param {MediaManager} manager
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} [displayName]
 */
async function ready(manager, bytes, displayName = 'film.mp4') {
  const { _id } = await manager.client.uploads.upload(bytes, { displayName });
  return awaited(manager, _id);
}

/** @param {Descriptor} file */
const postersOf = (file) => file.media.video.posters;

/**
 * The colour in the middle of a poster.
 *
 * @param {MediaManager} manager
 * @param {string} url
 */
async function colourOf(manager, url) {
  const picture = sharp(Buffer.from(await (await manager.fetch(url)).arrayBuffer()));
  const { data } = await picture.resize(1, 1).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return data[0] > 128 ? 'red' : data[2] > 128 ? 'blue' : `${[...data]}`;
}

/**
 * A manager behind a server, for programs that fetch.
 *
 * @param {MediaManager} manager
 */
async function served(manager) {
  const server = await listen((/** @type {Request} */ request) => manager.fetch(request), { host: '127.0.0.1', port: 0 });
  return { baseUrl: `http://127.0.0.1:${server.port}`, stop: () => server.stop({ graceMs: 0 }) };
}

/** Shell commands in the place of ffmpeg: they copy a photo to each poster that the parameters name. */
const MAKES_POSTERS = `for word in "$@"; do case "$word" in file:*poster-*.jpg) cp ${PHOTO} "\${word#file:}";; esac; done`;

/**
 * A manager that runs a script instead of ffmpeg.
 *
 * @param {TestContext} t
 * @param {string} script
 * @param {ManagerOptions} [options]
 */
async function withProgram(t, script, options) {
  const ffmpeg = await program(t, script);
  return startManager(t, { ...options, videos: { resolutions: [], ...(typeof options?.videos === 'object' ? options.videos : {}), ffmpeg } });
}

/**
 * @param {TestContext} t
 * @param {string} script
 */
async function program(t, script) {
  const file = join(await temporaryFolder(t), 'ffmpeg');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Resolves once a file has something in it.
 *
 * @param {string} file
 */
async function written(file) {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.trim()) return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** @param {number} pid */
async function ended(pid) {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** @type {Uint8Array<ArrayBuffer>} */
const film = new Uint8Array(await readFile(new URL('rotated.mp4', MEDIA)));

const hasFfmpeg = await run('ffmpeg', ['-version']).then(() => true, () => false);

suite('videos by ffmpeg', { skip: !hasFfmpeg && 'ffmpeg is not installed' }, () => {
  test('videos: four posters from four places', async (t) => {
    const manager = await startManager(t, { videos: { resolutions: [] } });
    const bytes = await twoColours(t);
    const { _id } = await manager.client.uploads.upload(bytes, { displayName: 'film.mp4' });
    assert.equal((await manager.client.files.getFileDescriptor(present(_id))).operationStatus, 'PENDING');
    const file = await ready(manager, bytes);
    assert.equal(file.operationStatus, 'READY');
    const posters = postersOf(file);
    assert.deepEqual(
      posters.map(({ url, width, height }) => [url, width, height]),
      [0, 1, 2, 3].map((number) => [`${manager.baseUrl}/media/${file.id}f00${number}.jpg`, 320, 180]),
    );
    assert.equal(file.thumbnailUrl, posters[2].url);
    const colours = [];
    for (const { url } of posters) colours.push(await colourOf(manager, url));
    assert.deepEqual(colours, ['red', 'red', 'blue', 'blue']);
    const small = await manager.fetch(`${posters[3].url}/v1/fill/w_40,h_40/poster.webp`);
    assert.deepEqual([small.status, small.headers.get('content-type')], [200, 'image/webp']);
    assert.equal(await colourOf(manager, `${posters[3].url}/v1/fill/w_40,h_40/poster.png`), 'blue');
  });

  test('videos: posters have the size that the descriptor says, in every format', async (t) => {
    const directory = await temporaryFolder(t);
    const manager = await startManager(t, { storage: { directory }, videos: { resolutions: [] } });
    for (const name of FILMS) {
      const file = await ready(manager, new Uint8Array(await readFile(new URL(name, MEDIA))), name);
      const { width, height } = file.media.video.resolutions[0];
      const posters = postersOf(file);
      assert.equal(posters.length, 4, `${name}: ${JSON.stringify(manager.storage.videos)}`);
      for (const poster of posters) {
        const found = await sharp(Buffer.from(await (await manager.fetch(poster.url)).arrayBuffer())).metadata();
        assert.deepEqual([found.format, found.width, found.height], ['jpeg', poster.width, poster.height], name);
        assert.deepEqual([poster.width, poster.height], [width, height], name);
      }
    }
    assert.equal(present(manager.storage.videos).failed, 0);
    assert.ok(!(await readdir(directory)).includes('transcoding') || (await readdir(join(directory, 'transcoding'))).length === 0);
  });

  test('videos: posters are also made in a thread, and with a virtual clock if the option is set', async () => {
    for (const options of /** @type {ManagerOptions[]} */ ([{ thread: true }, { clock: 'virtual', videos: true }])) {
      const manager = await createManager(options);
      try {
        const { _id } = await manager.client.uploads.upload(film, { displayName: 'film.mp4' });
        if (options.clock) await manager.clock.advance(500);
        assert.equal(postersOf(await awaited(manager, _id)).length, 4);
      } finally {
        await manager.close();
      }
    }
  });

  test('videos: playlists and scripts of other formats open nothing', async (t) => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => server.close());
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}/film.ts`;
    const folder = await temporaryFolder(t);
    const other = join(folder, 'other.mp4');
    await writeFile(other, film);
    const hostile = {
      'list.m3u8': `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${url}\n#EXTINF:9,\n${other}\n#EXT-X-ENDLIST\n`,
      'list.ffconcat': `ffconcat version 1.0\nfile '${other}'\n`,
      'list.mpd': `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation><BaseURL>${url}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      'list.sdp': `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    };
    const storage = /** @type {any} */ ({ pin() {}, unpin() {}, directory: folder, fileOf: (/** @type {string} */ name) => join(folder, name) });
    const decoder = present(createFfmpeg({ storage }));
    t.after(() => decoder.close());
    for (const [name, text] of Object.entries(hostile)) {
      await writeFile(join(folder, name), text);
      for (const mime of ['video/mp4', 'video/mp2t']) {
        const asked = { file: 'f', blob: name, size: text.length, mime, width: null, height: null, durationMs: 1000, hasPosters: false };
        const failure = await decoder.posters(asked, new AbortController().signal).then(() => undefined, (error) => error);
        assert.ok(failure, `${name} as ${mime}`);
        assert.ok(!failure.message.includes(folder), failure.message);
      }
    }
    assert.equal(requests, 0);
    const asked = { file: 'f', blob: 'other.mp4', size: film.length, mime: 'application/vnd.apple.mpegurl', width: null, height: null, durationMs: 1000, hasPosters: false };
    await assert.rejects(decoder.posters(asked, new AbortController().signal), /are not decoded/);
    assert.equal((await decoder.posters({ ...asked, mime: 'video/mp4' }, new AbortController().signal)).length, 4);
  });

  test('videos: renditions that are not larger than the film, and a stream of them', async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, 'film.mkv');
    const made = ['-f', 'lavfi', '-i', 'testsrc2=s=854x480:r=10:d=13', '-f', 'lavfi', '-i', 'sine=d=13', '-c:v', 'mpeg4', '-q:v', '5', '-c:a', 'mp2'];
    await run('ffmpeg', ['-v', 'error', ...made, file]);
    const directory = join(folder, 'media');
    const manager = await startManager(t, { storage: { directory }, videos: { resolutions: [240, 480, 720] } });
    const updated = new Promise((resolve) => manager.on('file_updated', resolve));
    const first = await ready(manager, new Uint8Array(await readFile(file)), 'film.mkv');
    assert.equal(postersOf(first).length, 4);
    // The manager's own work keeps no process alive; this does.
    const alive = setInterval(() => {}, 10_000);
    await updated;
    clearInterval(alive);
    const { resolutions } = (await descriptorOf(manager, first.id)).media.video;
    assert.deepEqual(
      resolutions.map(({ quality, width, height, format }) => [quality ?? null, width, height, format]),
      [
        ['240p', 428, 240, 'mp4'],
        ['480p', 854, 480, 'mp4'],
        [null, 0, 0, 'hls'],
      ],
    );
    /** @param {string[]} words */
    const probe = async (...words) => JSON.parse((await run('ffprobe', ['-v', 'error', '-of', 'json', ...words])).stdout);
    for (const { url, width, height } of resolutions.slice(0, 2)) {
      const bytes = Buffer.from(await (await manager.fetch(url)).arrayBuffer());
      // The index comes before the frames.
      assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'));
      const copy = join(folder, 'rendition.mp4');
      await writeFile(copy, bytes);
      const { streams, format } = await probe('-show_streams', '-show_format', copy);
      assert.deepEqual(streams.map((/** @type {any} */ stream) => stream.codec_name), ['h264', 'aac']);
      assert.deepEqual([streams[0].width, streams[0].height], [width, height]);
      assert.ok(Math.abs(Number(format.duration) - 13) < 0.5, format.duration);
    }
    const { baseUrl, stop } = await served(manager);
    try {
      const { downloadUrl } = await manager.client.files.generateVideoStreamingUrl(first.id);
      const url = present(present(downloadUrl).url).replace(manager.baseUrl, baseUrl);
      const { programs, format } = await probe('-show_programs', '-show_format', url);
      assert.equal(programs.length, 2);
      assert.ok(Math.abs(Number(format.duration) - 13) < 0.5, format.duration);
      const playlist = await (await fetch(url.replace('master.m3u8', '240p.m3u8'))).text();
      assert.deepEqual(playlist.match(/#EXTINF:[\d.]+/g), ['#EXTINF:6.000', '#EXTINF:6.000', '#EXTINF:1.000']);
      const master = await (await fetch(url)).text();
      assert.equal(master.match(/,CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"\n/g)?.length, 2, master);
      const dash = await manager.client.files.generateVideoStreamingUrl(first.id, { format: 'DASH' });
      const manifest = present(present(dash.downloadUrl).url).replace(manager.baseUrl, baseUrl);
      const { streams } = await probe('-show_streams', manifest);
      assert.deepEqual(streams.map((/** @type {any} */ { codec_name, width }) => [codec_name, width ?? null]), [
        ['h264', 428],
        ['aac', null],
        ['h264', 854],
        ['aac', null],
      ]);
      // Every frame of the streams can be decoded.
      await run('ffmpeg', ['-v', 'error', '-xerror', '-i', url, '-f', 'null', '-']);
      const text = await (await fetch(manifest)).text();
      for (const [, name, ranges] of text.matchAll(/<BaseURL>(.*?)<\/BaseURL>(.*?)<\/Representation>/g)) {
        const pieces = [];
        for (const [, range] of ranges.matchAll(/[rR]ange="([\d-]+)"/g)) {
          const part = await fetch(new URL(name, manifest), { headers: { range: `bytes=${range}` } });
          assert.equal(part.status, 206);
          pieces.push(Buffer.from(await part.arrayBuffer()));
        }
        assert.equal(pieces.length, 4);
        const copy = join(folder, 'stream.mp4');
        await writeFile(copy, Buffer.concat(pieces));
        await run('ffmpeg', ['-v', 'error', '-xerror', '-i', copy, '-f', 'null', '-']);
      }
    } finally {
      await stop();
    }
    const { damagedFiles } = await manager.check();
    assert.equal(damagedFiles, 0);
    await manager.client.files.bulkDeleteFiles([first.id], { permanent: true });
    assert.equal(manager.storage.usage.bytes, 0);
    const left = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
    assert.deepEqual(left.filter((entry) => entry.isFile()), []);
    assert.ok(!(await readdir(directory)).includes('transcoding') || (await readdir(join(directory, 'transcoding'))).length === 0);
  });

  test('videos: a film below the smallest height has one rendition of its own size', async (t) => {
    const file = join(await temporaryFolder(t), 'film.mkv');
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=10:d=1', '-c:v', 'mpeg4', file]);
    const manager = await startManager(t, { clock: 'virtual', videos: true });
    const { _id } = await manager.client.uploads.upload(new Uint8Array(await readFile(file)), { displayName: 'film.mkv' });
    await manager.clock.advance(500);
    const { resolutions } = (await descriptorOf(manager, _id)).media.video;
    assert.deepEqual(
      resolutions.map(({ quality, width, height }) => [quality ?? null, width, height]),
      [
        ['240p', 160, 90],
        [null, 0, 0],
      ],
    );
  });

  test('videos: a damaged film becomes READY without posters, and the reason is reported', async (t) => {
    const manager = await startManager(t);
    const damaged = film.slice();
    // The index stays intact, and the frames do not.
    const at = Buffer.from(damaged).indexOf('mdat');
    damaged.fill(0xa5, at + 4, at + 4 + new DataView(damaged.buffer).getUint32(at - 4) - 8);
    const file = await ready(manager, damaged);
    assert.equal(file.operationStatus, 'READY');
    assert.deepEqual(postersOf(file), []);
    const { failed, lastFailure } = present(manager.storage.videos);
    assert.deepEqual([failed, lastFailure?.fileId], [1, file.id]);
    assert.match(present(lastFailure).reason, /^cannot decode the video: ./);
  });
});

suite('videos by a program in the place of ffmpeg', { skip: isWindows && 'its scripts are those of a POSIX shell' }, () => {
  test('videos: the program can open only files of one format, and sees nothing of the environment', async (t) => {
    process.env.WIX_MEDIA_TEST_SECRET = 'secret';
    t.after(() => delete process.env.WIX_MEDIA_TEST_SECRET);
    const seen = join(await temporaryFolder(t), 'seen');
    const manager = await withProgram(t, `{ printf '%s\\n' "$@"; env; ulimit -f; } > ${seen}\n${MAKES_POSTERS}`);
    const file = await ready(manager, film);
    assert.equal(postersOf(file).length, 4);
    const text = await readFile(seen, 'utf8');
    for (const words of ['-nostdin\n', '-protocol_whitelist\nfile\n-format_whitelist\nmov\n-f\nmov\n', '-i\nfile:/']) assert.ok(text.includes(words), words);
    assert.ok(!text.includes('secret'), text);
    assert.match(text, /^\d+$/m);
  });

  test('videos: a program that takes too long is killed, and the video has no posters', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await withProgram(t, `echo $$ >> ${folder}/pids\nwhile :; do sleep 1; done`, { videos: { timeoutMs: 300 } });
    const file = await ready(manager, film);
    assert.equal(file.operationStatus, 'READY');
    assert.deepEqual([postersOf(file), file.thumbnailUrl], [[], `${manager.baseUrl}/icons/video.svg`]);
    assert.match(present(present(manager.storage.videos).lastFailure).reason, /took longer than 300 ms/);
    for (const pid of (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n')) await ended(Number(pid));
  });

  test('videos: closing kills the program, and the next start makes the posters', async (t) => {
    const folder = await temporaryFolder(t);
    const storage = { directory: join(folder, 'media') };
    const pid = join(folder, 'pid');
    const hanging = await program(t, `echo $$ > ${pid}\nwhile :; do sleep 1; done`);
    const manager = await createManager({ storage, videos: { ffmpeg: hanging, resolutions: [] } });
    const { _id } = await manager.client.uploads.upload(film, { displayName: 'film.mp4' });
    const running = Number(await written(pid));
    assert.deepEqual(manager.storage.videos, { decoder: 'ffmpeg', running: [{ fileId: _id, stage: 'posters', progress: 0 }], waiting: 0, done: 0, failed: 0 });
    await manager.close();
    await ended(running);
    assert.ok(!(await readdir(storage.directory)).includes('transcoding'));
    const next = await createManager({ storage, videos: { ffmpeg: await program(t, MAKES_POSTERS), resolutions: [] } });
    t.after(() => next.close());
    assert.equal(postersOf(await awaited(next, _id)).length, 4);
  });

  test('videos: those that were stored without a program get their posters once there is one, behind new ones', async (t) => {
    const folder = await temporaryFolder(t);
    const storage = { directory: join(folder, 'media') };
    const manager = await createManager({ storage, videos: false });
    const first = await ready(manager, film, 'first.mp4');
    const second = await ready(manager, film, 'second.mp4');
    await manager.close();
    const waits = `echo $$ > ${folder}/pid\nuntil [ -e ${folder}/go ]; do sleep 0.1; done\n${MAKES_POSTERS}`;
    const processing = { pendingMs: { VIDEO: 0 } };
    const next = await createManager({ storage, processing, videos: { ffmpeg: await program(t, waits), resolutions: [] } });
    t.after(() => next.close());
    /** @type {string[]} */
    const order = [];
    const isOver = new Promise((resolve) => {
      for (const name of /** @type {const} */ (['file_ready', 'file_updated'])) {
        next.on(name, ({ entityId }) => order.push(entityId) === 3 && resolve(undefined));
      }
    });
    await written(join(folder, 'pid'));
    const { running, waiting } = present(next.storage.videos);
    assert.deepEqual([running.map(({ fileId }) => fileId), waiting], [[first.id], 1]);
    const { _id } = await next.client.uploads.upload(film, { displayName: 'third.mp4' });
    assert.equal(present(next.storage.videos).waiting, 2);
    await writeFile(join(folder, 'go'), 'go');
    // The manager's own work keeps no process alive; this does.
    const alive = setInterval(() => {}, 10_000);
    await isOver;
    clearInterval(alive);
    assert.deepEqual(order, [first.id, _id, second.id]);
    for (const id of order) assert.equal(postersOf(await descriptorOf(next, id)).length, 4);
    assert.deepEqual([present(next.storage.videos).waiting, present(next.storage.videos).failed], [0, 0]);
  });

  test('videos: nothing is left of a manager that is killed, neither its program nor its files', async (t) => {
    for (const kind of ['directory', 'memory']) {
      const folder = await temporaryFolder(t);
      const storage = kind === 'memory' ? 'memory' : { directory: join(folder, 'media') };
      const pid = join(folder, 'pid');
      const temporary = join(folder, 'tmp');
      await mkdir(temporary);
      const hanging = await program(t, `pwd > ${folder}/cwd\necho $$ > ${pid}\nwhile :; do sleep 1; done`);
      const owner = start(
        t,
        `import { createManager } from ${JSON.stringify(ENTRY)};
         const manager = await createManager(${JSON.stringify({ storage, videos: { ffmpeg: hanging, resolutions: [] } })});
         const film = (await import('node:fs')).readFileSync(${JSON.stringify(fileURLToPath(new URL('rotated.mp4', MEDIA)))});
         await manager.client.uploads.upload(film, { displayName: 'film.mp4' });
         tell('uploaded');
         await next();`,
        { before: ['env', `TMPDIR=${temporary}`] },
      );
      assert.equal(await owner.heard(), 'uploaded');
      const running = Number(await written(pid));
      const place = await written(join(folder, 'cwd'));
      assert.ok(place.startsWith(folder), place);
      await owner.kill();
      await ended(running);
      assert.ok((await readdir(join(place, '..'))).length > 0, 'the temporary files are still there');
      const swept = start(
        t,
        `import { createManager } from ${JSON.stringify(ENTRY)};
         const manager = await createManager(${JSON.stringify({ storage, videos: { ffmpeg: await program(t, MAKES_POSTERS), resolutions: [] } })});
         await manager.close();
         tell('closed');`,
        { before: ['env', `TMPDIR=${temporary}`] },
      );
      assert.equal(await swept.heard(), 'closed');
      assert.deepEqual(await readdir(temporary), []);
      if (typeof storage === 'object') assert.ok(!(await readdir(storage.directory)).includes('transcoding'));
    }
  });

  test('videos: a program that writes too much is stopped', async (t) => {
    const manager = await withProgram(t, `for word in "$@"; do case "$word" in file:*poster-*.jpg) cat /dev/zero > "\${word#file:}";; esac; done`);
    const file = await ready(manager, film);
    assert.deepEqual([file.operationStatus, postersOf(file)], ['READY', []]);
    assert.equal(present(manager.storage.videos).failed, 1);
  });

  test('videos: missing posters are copies of their neighbours', async (t) => {
    const second = fileURLToPath(new URL('../../data/photos/coffee.jpg', import.meta.url));
    const one = `for word in "$@"; do case "$word" in file:*poster-1.jpg) cp ${PHOTO} "\${word#file:}";; file:*poster-2.jpg) cp ${second} "\${word#file:}";; esac; done`;
    const manager = await withProgram(t, one);
    const sizes = postersOf(await ready(manager, film)).map(({ height }) => height);
    assert.deepEqual(sizes, [319, 319, 320, 320]);
  });

  test('videos: a video has no posters if the quota is full', async (t) => {
    const manager = await withProgram(t, MAKES_POSTERS, { limits: { quotaInBytes: film.length + 10 } });
    const file = await ready(manager, film);
    assert.deepEqual([file.operationStatus, postersOf(file)], ['READY', []]);
    assert.equal(manager.storage.usage.bytes, film.length);
  });

  test('videos: a video that is deleted meanwhile leaves nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await withProgram(t, `echo $$ > ${folder}/pid\nuntil [ -e ${folder}/go ]; do sleep 0.1; done\n${MAKES_POSTERS}`);
    const { _id } = await manager.client.uploads.upload(film, { displayName: 'film.mp4' });
    await written(join(folder, 'pid'));
    await manager.client.files.bulkDeleteFiles([present(_id)], { permanent: true });
    await writeFile(join(folder, 'go'), 'go');
    while (present(manager.storage.videos).running.length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const { bytes, isEmpty } = manager.storage.usage;
    assert.deepEqual([bytes, isEmpty], [0, true]);
  });
});

suite('videos without a decoder', () => {
  test('videos: without ffmpeg a video has no posters', async (t) => {
    const { PATH } = process.env;
    process.env.PATH = await temporaryFolder(t);
    t.after(() => (process.env.PATH = PATH));
    for (const options of /** @type {ManagerOptions[]} */ ([{}, { videos: true }])) {
      const manager = await startManager(t, options);
      const file = await ready(manager, film);
      assert.deepEqual([file.operationStatus, postersOf(file)], ['READY', []]);
      assert.equal(manager.storage.videos, undefined);
    }
  });

  test('videos: a virtual clock and `false` look for no program', async (t) => {
    for (const options of /** @type {ManagerOptions[]} */ ([{ clock: 'virtual' }, { videos: false }])) {
      const manager = await startManager(t, options);
      assert.equal(manager.storage.videos, undefined);
    }
  });

  test('videos: a manager without a decoder gives up what waits for one', { skip: isWindows && 'its script is that of a POSIX shell' }, async (t) => {
    const folder = await temporaryFolder(t);
    const storage = { directory: join(folder, 'media') };
    const manager = await createManager({ storage, videos: { ffmpeg: await program(t, `echo $$ > ${folder}/pid\nwhile :; do sleep 1; done`) } });
    const { _id } = await manager.client.uploads.upload(film, { displayName: 'film.mp4' });
    await written(join(folder, 'pid'));
    await manager.close();
    const next = await startManager(t, { storage, videos: false });
    assert.deepEqual(postersOf(await awaited(next, _id)), []);
  });

  test('videos: invalid options are refused by name', async () => {
    /** @type {[any, RegExp][]} */
    const cases = [
      ['ffmpeg', /videos must be true, false or/],
      [{ ffmpg: 'x' }, /videos\.ffmpg is not an option: did you mean ffmpeg/],
      [{ ffmpeg: '' }, /videos\.ffmpeg must be the path/],
      [{ ffmpeg: '/no/such/program' }, /videos\.ffmpeg must be the path of a program: \/no\/such\/program is not one/],
      [{ threads: 0 }, /videos\.threads must be a whole number from 1 to 64/],
      [{ resolutions: [300] }, /videos\.resolutions must be a list of 240, 360, 480, 720, 1080/],
      [{ timeoutMs: 0 }, /videos\.timeoutMs must be a number of milliseconds/],
    ];
    for (const [videos, message] of cases) await assert.rejects(createManager({ videos }), { code: 'INVALID_ARGUMENT', message });
  });
});
