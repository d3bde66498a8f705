// What people see: units, tables, progress, questions, and the access log without secrets.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { accessLog, lineWriter, redactedHeaders, redactedTarget } from '../../../pkg-template/cli/server/access-log.js';
import { ask, printable, painter, progress, table, width } from '../../../pkg-template/cli/terminal.js';
import { bytes, count, duration, moment, span } from '../../../pkg-template/cli/units.js';

/** @import { Exchange } from '../../../pkg-template/cli/internal.d.ts' */

const plain = painter({ isTTY: false, write() {} }, {});

suite('units', () => {
  test('units: format sizes', () => {
    for (const [size, text] of [[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], ['20480', '20.5 kB'], [999_940, '999.9 kB'], [999_999, '1.0 MB'], [2e9, '2.0 GB'], [5e15, '5000.0 TB']]) {
      assert.equal(bytes(size), text);
    }
  });

  test('units: parse and format times', () => {
    for (const [ms, text] of /** @type {[number, string][]} */ ([[0, '0 ms'], [999, '999 ms'], [1500, '1.5 s'], [59_990, '1 min 0 s'], [83_000, '1 min 23 s'], [3_600_000, '1 h 0 min']])) {
      assert.equal(duration(ms), text);
    }
    assert.equal(moment(new Date(2024, 2, 2, 8, 5)), '2024-03-02 08:05');
    assert.equal(moment(undefined), '');
    assert.equal(span('2h'), 7_200_000);
    assert.equal(span('30d'), 30 * 86_400_000);
    for (const text of ['', '2', 'h', '2 hours', '-1d', '1.5d']) assert.equal(span(text), undefined, text);
    assert.equal(count(1, 'file'), '1 file');
    assert.equal(count(0, 'file'), '0 files');
  });
});

suite('tables', () => {
  test('tables: align columns, also with wide characters', () => {
    const lines = table([{ title: 'Name' }, { title: 'Size', align: 'right' }, { title: 'Type' }], [['狐.jpg', '1 B', 'IMAGE'], ['river.jpg', '20 kB', 'IMAGE']], plain);
    assert.deepEqual(lines, ['Name        Size  Type', '狐.jpg       1 B  IMAGE', 'river.jpg  20 kB  IMAGE']);
    assert.equal(width('🦊'), 2);
    assert.equal(width('e\u0301'), 1);
  });

  test('tables: escape control and direction characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        assert.doesNotMatch(printable(name), /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
    assert.equal(table([{ title: 'Name' }], [['a\nb\x1b[31m']], plain)[1], 'a�b�[31m');
  });
});

suite('progress', () => {
  const terminal = (isTTY = true) => {
    /** @type {string[]} */
    const written = [];
    return { isTTY, columns: 60, written, write: (/** @type {string} */ text) => written.push(text) };
  };

  test('progress: redraws one line, and erases it', () => {
    const stream = terminal();
    let time = 0;
    const bar = progress(stream, { now: () => time });
    for (const done of [0, 300, 600, 1000]) {
      time += 1000;
      bar.update({ done, total: 1000, text: `狐${'x'.repeat(200)}` });
    }
    bar.end();
    const drawn = stream.written.filter((text) => text.startsWith('['));
    assert.equal(drawn.length, 4);
    assert.ok(drawn.every((text) => width(text) < 60));
    assert.match(drawn[0], /^\[-{24}\] {3}0 % of 1\.0 kB/);
    assert.match(drawn[3], /^\[#{24}\] 100 % of 1\.0 kB/);
    assert.equal(stream.written.at(-1), '\r\x1b[2K');
  });

  test('progress: limits its rate, and always draws the end', () => {
    const stream = terminal();
    const bar = progress(stream, { now: () => 0 });
    for (let done = 0; done <= 1000; done += 1) bar.update({ done, total: 1000, text: '' });
    assert.equal(stream.written.filter((text) => text.startsWith('[')).length, 2);
  });

  test('progress: prints nothing without a terminal', () => {
    for (const [stream, isQuiet] of /** @type {[ReturnType<typeof terminal>, boolean][]} */ ([[terminal(false), false], [terminal(), true]])) {
      const bar = progress(stream, { isQuiet });
      bar.update({ done: 1, total: 2, text: '' });
      bar.end();
      assert.deepEqual(stream.written, []);
    }
  });
});

suite('questions', () => {
  /** @param {string} text */
  const answered = async (text) => {
    const stdin = new PassThrough();
    const stderr = new PassThrough();
    const answer = ask('Delete 2 files?', { stdin, stderr });
    stdin.end(text);
    return { isYes: await answer, asked: stderr.read()?.toString() };
  };

  test('questions: accept yes only', async () => {
    for (const text of ['y\n', 'YES\n', ' yes \n']) assert.equal((await answered(text)).isYes, true, text);
    for (const text of ['', '\n', 'n\n', 'yep\n', 'no\ny\n']) assert.equal((await answered(text)).isYes, false, text);
    assert.equal((await answered('n\n')).asked, 'Delete 2 files? [y/N] ');
  });
});

suite('the access log', () => {
  const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.payload.signature';

  test('access log: redacts tokens', () => {
    for (const [target, shown] of [
      [`/upload/${TOKEN}?filename=fox.jpg`, '/upload/[redacted]?filename=fox.jpg'],
      [`/upload/tus/${TOKEN}`, '/upload/tus/[redacted]'],
      ['/upload/tus', '/upload/tus'],
      [`/upload/tus/${TOKEN}?filename=a`, '/upload/tus/[redacted]?filename=a'],
      ['/archive/wix/0123456789abcdef', '/archive/wix/[redacted]'],
      [`/download-files/media/fox.jpg?token=${TOKEN}&x=1`, '/download-files/media/fox.jpg?token=[redacted]&x=1'],
      [`/a?%74oken=${TOKEN}`, '/a?%74oken=[redacted]'],
      [`/a?access_token=${TOKEN}&apiKey=k&client_secret=s&%zz=1`, '/a?access_token=[redacted]&apiKey=[redacted]&client_secret=[redacted]&%zz=1'],
      ['/site-media/v1/files?paging.limit=2', '/site-media/v1/files?paging.limit=2'],
      ['/site-media/v1/files/get-file-by-id?fileId=a1b2c3_00112233445566778899aabbccddeeff~mv2.jpg', '/site-media/v1/files/get-file-by-id?fileId=a1b2c3_00112233445566778899aabbccddeeff~mv2.jpg'],
      ['/media/a1b2c3_00112233445566778899aabbccddeeff~mv2.jpg', '/media/a1b2c3_00112233445566778899aabbccddeeff~mv2.jpg'],
      ['/parts/dialogs/service-worker.js', '/parts/dialogs/service-worker.js'],
    ]) {
      assert.equal(redactedTarget(target), shown);
    }
    const lines = redactedHeaders({ authorization: TOKEN, cookie: TOKEN, 'upload-metadata': `token ${TOKEN}`, 'x-api-key': TOKEN, referer: TOKEN, accept: '*/*' });
    assert.ok(lines.every((line) => !line.includes(TOKEN)));
    assert.equal(lines.at(-1), 'accept: */*');
  });

  test('access log: redacts tokens at paths and in parameters where none belongs', () => {
    const hex = '00112233445566778899aabbccddeeff';
    for (const token of [TOKEN, hex, 'Ab3_-xyz01234567890']) {
      for (const target of [
        `//upload/${token}`,
        `/upload//${token}`,
        `/upload/tus//${token}`,
        `/upload%2f${token}`,
        `/upload%252F${token}`,
        `/%75pload/${token}`,
        `/Upload/${token}`,
        `/upload/${token}/more`,
        `/upload/tus/${token}/${token}`,
        `/archive/wix//${token}`,
        `/archive%2fwix%2f${token}`,
        `/./archive/wix/${token}`,
        `/a/b/${token}`,
        `/${token}`,
        `/a?t=${token}`,
        `/a?x=1&other=${token}&y`,
        `/a?x=${encodeURIComponent(encodeURIComponent(token))}`,
        `/a?${token}`,
        `/a?${token}=1`,
        `/site-media/v1/files?x=${token}`,
        `/site-media/v1/upload/${token}`,
        `/media/%61rchive/wix/${token}`,
        `http://localhost/upload/${token}`,
      ]) {
        assert.equal(redactedTarget(target).includes(token), false, target);
      }
    }
    assert.equal(redactedTarget(`/media/${TOKEN}`), '/media/[redacted]');
    assert.equal(redactedTarget(`/site-media/v1/files?fileId=${TOKEN}`), '/site-media/v1/files?fileId=[redacted]');
    assert.equal(redactedTarget(`/media/%65${TOKEN.slice(1)}`), '/media/[redacted]');
    assert.equal(redactedTarget(`/site-media/v1/files?fileId=%65${TOKEN.slice(1)}`), '/site-media/v1/files?fileId=[redacted]');
    const lines = redactedHeaders({ 'x-original-uri': `/upload/${TOKEN}`, 'x-forwarded-uri': `/archive/wix/${hex}`, via: `1.1 ${TOKEN}` });
    assert.deepEqual(lines, ['x-original-uri: /upload/[redacted]', 'x-forwarded-uri: /archive/wix/[redacted]', 'via: 1.1 [redacted]']);
  });

  test('access log: tells why a request was refused', () => {
    /** @type {string[]} */
    const lines = [];
    const log = accessLog({ write: (line) => void lines.push(line), paint: plain });
    const incoming = { method: 'GET', url: '/', headers: {}, socket: {} };
    const outgoing = { headersSent: true, statusCode: 403, writableFinished: true };
    const refusal = { status: 403, code: 'HOST_NOT_ALLOWED', message: 'host not allowed:\u001b[31m' };
    log(/** @type {Exchange} */ (/** @type {unknown} */ ({ incoming, outgoing, started: 0, sent: 5, verdict: { refusal } })));
    assert.match(lines[0], /GET \/ 403/);
    assert.equal(lines[1], '  host not allowed:\ufffd[31m');
  });

  test('lineWriter: drops lines that nobody reads, and says how many', () => {
    const stream = { text: '', writableLength: 0, write: (/** @type {string} */ text) => (stream.text += text) };
    const write = lineWriter(stream);
    write('one');
    stream.writableLength = 1_000_001;
    write('two');
    write('three');
    stream.writableLength = 1_000_000;
    write('four');
    write('five');
    assert.equal(stream.text, 'one\n(dropped 2 lines that nobody read)\nfour\nfive\n');
  });

  test('lineWriter: goes on behind a write that fails', () => {
    let isFull = true;
    /** @type {string[]} */
    const lines = [];
    const write = lineWriter({
      write(text) {
        if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        lines.push(text);
      },
    });
    write('one');
    isFull = false;
    write('two');
    assert.deepEqual(lines, ['(dropped 1 line that nobody read)\ntwo\n']);
  });

  test('access log: has a line for each request', () => {
    /** @type {string[]} */
    const lines = [];
    const log = accessLog({ write: (line) => lines.push(line), paint: plain, now: () => new Date(2024, 0, 1, 10, 5, 12) });
    const exchange = (/** @type {boolean} */ writableFinished, /** @type {number} */ sent) => {
      const incoming = { method: 'GET', url: '/x\u00a0y', headers: {}, socket: {} };
      const outgoing = { headersSent: true, statusCode: 200, writableFinished };
      return /** @type {Exchange} */ (/** @type {unknown} */ ({ incoming, outgoing, started: performance.now(), sent }));
    };
    log(exchange(true, 1234));
    log(exchange(false, 5));
    assert.match(lines[0], /^10:05:12 GET \/x%C2%A0y 200 1\.2 kB \d+ ms$/);
    assert.match(lines[1], /cut off 5 B/);
    assert.equal(lines.length, 2);
  });
});
