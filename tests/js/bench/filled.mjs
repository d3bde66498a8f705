// A manager with very many files: as an archive that is made while it is read, since to upload a million of them takes hours.
import { crc32 } from 'node:zlib';

const START = Date.UTC(2024, 0, 1);
const WORDS = ['river', 'mountain', 'harbour', 'fox', 'owl', 'market', 'bridge', 'garden', 'winter', 'sunset', 'street', 'museum'];

/**
 * Some number that looks random, the same for the same place.
 *
 * @param {number} number
 */
const mixed = (number) => Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 0;
/** @param {number} number */
const hex = (number) => number.toString(16).padStart(8, '0');

/**
 * Id of the file at a place; ids are in the order of the places, names, sizes and times are not.
 *
 * @param {number} place
 */
export const idOf = (place) => `a1b2c3_${hex(place)}${hex(mixed(place))}${hex(mixed(place + 1))}${hex(mixed(place + 2))}~mv2.jpg`;

/**
 * @param {number} place
 * @param {string} parent
 */
function lineOf(place, parent) {
  const some = mixed(place);
  const name = `${WORDS[some % 12]} ${WORDS[(some >>> 4) % 12]} ${some % 1_000_003}.jpg`;
  const time = START + (some % 31_536_000) * 1000;
  return {
    id: idOf(place), name, parent, created: time, updated: time, events: 1, mediaType: 'IMAGE', mimeType: 'image/jpeg', private: false,
    labels: place % 1000 === 0 ? ['rare label'] : [], externalInfo: {}, status: 'FAILED', size: 1000 + (some % 10_000_000), hash: '', crc: 0, blob: false, facts: {}, tag: '',
  };
}

/** @param {Iterable<object>} lines */
function* chunks(lines) {
  let text = '';
  for (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length > 200_000) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text) yield Buffer.from(text);
}

/**
 * @param {number} count
 * @param {(place: number) => string} parentOf
 */
function* filesIn(count, parentOf) {
  for (let place = 0; place < count; place += 1) yield lineOf(place, parentOf(place));
}

/**
 * The parts of a zip entry that stand before and behind its bytes; `offset` is where it begins.
 *
 * @param {string} name
 * @param {{ size: number, crc: number }} about
 * @param {number} offset
 */
function entry(name, { size, crc }, offset) {
  const file = Buffer.from(name);
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  // Names are UTF-8.
  shared.writeUInt16LE(0x0800, 2);
  shared.writeUInt16LE(0x21, 8);
  shared.writeUInt32LE(crc, 10);
  shared.writeUInt32LE(size, 14);
  shared.writeUInt32LE(size, 18);
  shared.writeUInt16LE(file.length, 22);
  const head = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, file]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  const made = Buffer.from([20, 0]);
  return { head, central: Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, shared, tail, file]) };
}

/** @param {Iterable<Buffer>} pieces */
function measured(pieces) {
  let [size, crc] = [0, 0];
  for (const piece of pieces) {
    size += piece.length;
    crc = crc32(piece, crc);
  }
  return { size, crc };
}

/**
 * The archive of a manager with one folder and `count` files in it, or with the last ones in a second folder.
 *
 * @param {number} count
 * @param {string} folder
 * @param {{ folder: string, count: number }} [second] Its id comes after that of the first.
 */
export function* archiveOf(count, folder, second) {
  const lineOfFolder = (/** @type {string} */ id, /** @type {string} */ name) => ({ id, name, parent: 'media-root', created: START, updated: START, events: 1 });
  const both = [lineOfFolder(folder, 'All of them'), ...(second ? [lineOfFolder(second.folder, 'Tree')] : [])];
  const folders = () => chunks(both);
  const files = () => chunks(filesIn(count, (place) => (second && place >= count - second.count ? second.folder : folder)));
  const manifest = { format: 'wix-media-archive', version: 1, siteId: '00000000-0000-4000-8000-000000000000', since: START, deletions: 0, lastEvent: count + 2, folders: both.length, files: count, blobs: 0, bytes: 0 };
  /** @type {[name: string, pieces: () => Iterable<Buffer>][]} */
  const parts = [['manifest.json', () => [Buffer.from(JSON.stringify(manifest))]], ['folders.jsonl', folders], ['files.jsonl', files]];
  let offset = 0;
  const directory = [];
  for (const [name, pieces] of parts) {
    const about = measured(pieces());
    const { head, central } = entry(name, about, offset);
    yield head;
    yield* pieces();
    directory.push(central);
    offset += head.length + about.size;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  yield central;
  yield end;
}
