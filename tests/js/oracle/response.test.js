// Answers that no service should send: damaged JSON, deep nesting, huge numbers, broken text, ten megabytes.
// Text that JSON.parse accepts must give the result of the official SDK. Any other must give a typed error, never a trap.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { difference } from '../harness/agreement.js';
import { call, outcome } from '../harness/calls.js';
import { validArguments } from '../harness/client.js';
import { cannedFetch } from '../harness/fetch.js';
import { createClient, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';
import { randomCase } from './cases.js';
import { credentials, expectation } from './expectation.js';
import { chosenSeed, Random } from './random.js';

/**
 * @import { FileDescriptor } from '../harness/package.js'
 * @import { Answer, Case } from '../harness/types.d.ts'
 */

const seed = chosenSeed();
const count = Number(process.env.WIX_MEDIA_CASES ?? 5000);

/**
 * @param {Case} kase
 * @param {Answer} answer
 */
async function ours(kase, answer) {
  const { fetch } = cannedFetch(answer);
  const client = createClient({ auth: credentials, fetch, retry: false });
  return outcome(call(client, kase));
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function parsed(bytes) {
  // A second byte order mark does no harm in ours.
  const rawBody = new TextDecoder().decode(bytes).replace(/^\ufeff/, '');
  try {
    return { body: JSON.parse(rawBody), rawBody };
  } catch {
    return { rawBody };
  }
}

/**
 * The difference between our result for these bytes and the expected one, or undefined.
 *
 * @param {Case} kase
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function fault(kase, bytes, status = 200) {
  const actual = await ours(kase, { status, bytes });
  const expected = await expectation({ ...kase, answers: [{ status, ...parsed(bytes) }] });
  if (actual.error === undefined) {
    if (expected.error) return `resolved where ${expected.code ?? 'an error'} was expected`;
    return difference(actual.result, expected.result, 'result');
  }
  if (!(actual.error instanceof WixMediaError)) return `not a WixMediaError: ${actual.error?.stack ?? actual.error}`;
  if (actual.error.code === 'INTERNAL') return `a trap: ${/** @type {any} */ (actual.error.cause)?.stack}`;
  if (expected.result !== undefined) return `rejected: ${actual.error.message}`;
  return expected.error && difference(actual.error.status, expected.error.status, 'status');
}

const INSERTED = [
  ',', ':', '{', '}', '[', ']', '"', '\\', '\\u', '\\ud83d', '\\udc00', '\\u0000', '\\x', 'null', 'true', 'nul', '-', '+', '.', 'e', '0',
  '1e999', '-0', '01', '1.', '.5', '1e', 'NaN', 'Infinity', '\u0000', '\n', '\t', '\u00a0', '\ufeff', '/**/', "'", '"id":', '"media":{},',
  '{"id":"a","id":"b"}', '"__proto__":{},', '\\"', '\\/', '\\b', '\u2028', '\ud83d\ude00',
];

/**
 * @param {Random} random
 * @param {string} text
 */
function damaged(random, text) {
  let bytes = Buffer.from(text);
  const times = 1 + random.below(3);
  for (let time = 0; time < times; time += 1) {
    const at = random.below(bytes.length + 1);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    bytes = random.choose(
      [4, () => Buffer.concat([head, Buffer.from(random.pick(INSERTED)), tail])],
      [3, () => Buffer.concat([head, tail.subarray(1 + random.below(4))])],
      [2, () => head],
      [2, () => Buffer.concat([head, Buffer.from([random.below(256)]), tail])],
      [1, () => Buffer.concat([head, tail.subarray(0, random.below(40)), tail])],
      [1, () => Buffer.concat([Buffer.from(random.pick([' ', '\ufeff', '\n\t ', '\u0000'])), bytes])],
    );
  }
  return bytes;
}

// A name that stands twice in an object, as damage can make it: the last one counts, but not at dates (see below).
/** @param {Answer} answer */
function hasTwins({ rawBody, body }) {
  /** @param {string} text */
  const names = (text) => text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length;
  return body !== undefined && names(present(rawBody)) !== names(JSON.stringify(body));
}

test(`damaged answers: are decoded as by JSON.parse or rejected, WIX_MEDIA_SEED=${seed}`, async (t) => {
  const faults = [];
  for (let number = 0; number < count && faults.length < 8; number += 1) {
    const kase = { ...randomCase(seed, number), chain: undefined };
    const [answer] = kase.answers;
    if (!('body' in answer)) continue;
    kase.args = validArguments[kase.method];
    const random = new Random(Math.imul(seed, 31) ^ number);
    const bytes = damaged(random, JSON.stringify(answer.body));
    if (hasTwins(parsed(bytes))) continue;
    const found = await fault(kase, bytes, answer.status === 204 || answer.status === 304 ? 400 : answer.status);
    if (found) faults.push(`case ${number}, ${kase.method}: ${found}\n  ${JSON.stringify(bytes.toString('latin1'))}`);
  }
  t.diagnostic(`seed ${seed}`);
  assert.equal(faults.length, 0, `${faults.join('\n\n')}\n\nWIX_MEDIA_SEED=${seed} makes them again`);
});

/** @type {Case} */
const listFiles = { api: 'files', method: 'listFiles', args: [], answers: [] };
/** @type {Case} */
const getFolder = { api: 'folders', method: 'getFolder', args: ['d1'], answers: [] };
/** @type {Case} */
const deleteFiles = { api: 'files', method: 'bulkDeleteFiles', args: [['f1']], answers: [] };

suite('text', () => {
  for (const [name, bytes] of /** @type {[string, Buffer<ArrayBuffer>][]} */ ([
    ['a byte order mark', Buffer.from('\ufeff{"files":[{"id":"a"}]}')],
    ['invalid UTF-8 in a name', Buffer.from([...Buffer.from('{"files":[{"displayName":"'), 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, ...Buffer.from('"}]}')])],
    ['invalid UTF-8 in a file name that goes into a URL', Buffer.from([...Buffer.from('{"files":[{"media":{"document":{"id":"a","filename":"x'), 0xe2, 0x82, ...Buffer.from('"}}}]}')])],
    ['invalid UTF-8 in a key', Buffer.from([...Buffer.from('{"'), 0xff, ...Buffer.from('":1}')])],
    ['escaped keys', Buffer.from('{"f\\u0069les":[{"\\u0069d":"a","created\\u0044ate":"2024-01-01","m\\u0065dia":{"docum\\u0065nt":{"\\u0069d":"a","filenam\\u0065":"x y"}}}]}')],
    ['escaped slashes and quotes', Buffer.from('{"files":[{"media":{"image":{"image":{"id":"a\\/\\"b","filename":"\\u00e9\\ud83d\\ude00\\n"}}}}]}')],
    ['lone surrogates', Buffer.from('{"files":[{"displayName":"\\ud83d","media":{"document":{"id":"\\udc00","filename":"\\ud83dx"}}}]}')],
    // Not at a date: a null after a date does not undo it, but no serialiser writes a name twice.
    ['the same key twice', Buffer.from('{"files":[{"id":"a","id":"b"}],"files":[{"id":"c","extra":{"id":1,"id":2},"media":{"document":{"id":"a","filename":"x","id":"b","filename":"y"}}}]}')],
    ['a key in both spellings, twice', Buffer.from('{"files":[{"id":1,"_id":2,"id":3,"_id":4}]}')],
    ['keys of every object', Buffer.from('{"files":[{"__proto__":{"id":1},"constructor":{"id":2},"toString":null}]}')],
    ['white space everywhere', Buffer.from(' { "files" :\t[\r\n{ "id" : "a" , "media" : { "document" : { "id" : "b" } } } ] } ')],
    ['numbers of every form', Buffer.from('{"files":[{"a":-0,"b":1e999,"c":-1e999,"d":1E+5,"e":0.1e-10,"f":123456789012345678901234567890,"sizeInBytes":1e5,"createdDate":1e12,"updatedDate":-0.0}]}')],
    // Numbers with an exponent, which no serialiser writes for an id or a size, stay as they are written.
    ['numbers where names belong', Buffer.from('{"files":[{"media":{"image":{"image":{"id":100,"filename":1.50,"width":12,"height":-0}}}},{"media":{"document":{"id":true,"filename":0.5}}}]}')],
    ['objects where names belong', Buffer.from('{"files":[{"media":{"document":{"id":{"a":1},"filename":[1,[2,null],"x"]}}}]}')],
  ])) {
    test(name, async () => assert.equal(await fault(listFiles, bytes), undefined));
  }
});

suite('deep nesting', () => {
  /**
   * @param {number} levels
   * @param {string[]} pair
   * @param {string} inside
   */
  const deep = (levels, [open, close], inside) => Buffer.from(open.repeat(levels) + inside + close.repeat(levels));
  for (const levels of [60, 200, 500, 1000, 5000, 20_000, 100_000]) {
    for (const [name, pair, inside] of /** @type {[string, [string, string], string][]} */ ([
      ['arrays', ['[', ']'], '1'],
      ['objects', ['{"id":', '}'], '1'],
      ['known members', ['{"files":[{"media":', '}]}'], '{}'],
      ['unfinished arrays', ['[', ''], ''],
      ['unfinished objects', ['{"a":', ''], ''],
    ])) {
      test(`${levels} ${name}`, async () => {
        for (const kase of [listFiles, getFolder, deleteFiles]) {
          for (const status of [200, 400]) {
            const bytes = deep(levels, pair, inside);
            const { error, result } = await ours(kase, { status, bytes });
            if (error) {
              assert.ok(error instanceof WixMediaError, error?.stack);
              assert.notEqual(error.code, 'INTERNAL', /** @type {any} */ (error.cause)?.stack);
            } else if (levels <= 1000) {
              const { result: expected } = await expectation({ ...kase, answers: [{ status, ...parsed(bytes) }] });
              assert.equal(difference(result, expected), undefined);
            }
          }
        }
      });
    }
  }

  test('nesting: sixty levels are decoded', async () => {
    assert.equal(await fault(listFiles, deep(60, ['{"extra":[', ']}'], '{"id":1}')), undefined);
  });
});

suite('size', () => {
  /** @param {number} number */
  const descriptor = (number) => ({
    id: `f${number}`,
    displayName: `файл ${number} 🎈.jpg`,
    createdDate: '2024-01-01T00:00:00Z',
    media: { image: { image: { id: `f${number}`, filename: `a b ${number}.jpg`, width: 1, height: 2 }, faces: [] } },
    labels: ['x'.repeat(50)],
  });

  test('size: ten megabytes of files are decoded', async () => {
    const files = Array.from({ length: 40_000 }, (_, number) => descriptor(number));
    const bytes = Buffer.from(JSON.stringify({ files }));
    assert.ok(bytes.length > 10_000_000);
    const { error, result } = await ours(listFiles, { status: 200, bytes });
    assert.equal(error, undefined);
    const decoded = /** @type {{ files: FileDescriptor[] }} */ (result).files;
    assert.equal(decoded.length, files.length);
    const { _id, _createdDate, media } = decoded[decoded.length - 1];
    assert.deepEqual(
      { _id, _createdDate, media },
      {
        _id: 'f39999',
        _createdDate: new Date('2024-01-01T00:00:00Z'),
        media: { image: { image: 'wix:image://v1/f39999/a%20b%2039999.jpg#originWidth=1&originHeight=2', faces: [] } },
      },
    );
  });

  for (const [name, text] of [
    ['one name of ten megabytes', JSON.stringify({ files: [{ displayName: 'é'.repeat(5_000_000) }] })],
    ['a file name of a megabyte that goes into a URL', JSON.stringify({ files: [{ media: { document: { id: 'a', filename: '犬'.repeat(300_000) } } }] })],
    ['a number of a megabyte', `{"files":[{"sizeInBytes":${'9'.repeat(1_000_000)}}]}`],
    ['a hundred thousand members', `{${Array.from({ length: 100_000 }, (_, number) => `"a${number}":${number}`)}}`],
    ['twenty thousand dates', JSON.stringify({ files: Array.from({ length: 20_000 }, () => ({ createdDate: 'x' })) })],
    ['ten megabytes of blanks', `{"files":[]${' '.repeat(10_000_000)}}`],
    ['the same key a hundred thousand times', `{"files":[{${'"id":1,'.repeat(100_000)}"_id":2}]}`],
  ]) {
    test(name, async () => assert.equal(await fault(listFiles, Buffer.from(text)), undefined));
  }

  test('size: ten megabytes of other text are INVALID_RESPONSE', async () => {
    for (const character of ['x', '<', '"', '[', '{"a":', '\u0000', '\\']) {
      const { error } = await ours(listFiles, { status: 200, bytes: Buffer.from(character.repeat(10_000_000 / character.length)) });
      assert.equal(error.code, 'INVALID_RESPONSE', character);
      assert.ok(error.message.length < 1000);
    }
  });

  test('size: an error answer of ten megabytes is decoded', async () => {
    const message = 'é'.repeat(5_000_000);
    const { error } = await ours(getFolder, { status: 400, body: { message, details: {} } });
    assert.equal(error.status, 400);
    assert.equal(error.details.applicationError.description.length, message.length);
  });

  test('size: small calls work after large ones', async () => {
    for (let round = 0; round < 20; round += 1) assert.equal(await fault(getFolder, Buffer.from('{"folder":{"id":"a"}}')), undefined);
  });
});
