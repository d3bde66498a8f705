// docs/limits.md: its values are those of the code, and no limit of the code is missing.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from '../../../pkg-template/cli/commands.js';
import { present } from '../harness/present.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where limits are looked for, by their names. */
const SOURCES = ['src/manager', 'src/images', 'pkg-template/cli', 'pkg-template/manager', 'server/src'];
const LIMIT = /^(?:export )?(?:pub(?:\([\w:]+\))? )?const ((?:MAX_\w+|\w+_TIMEOUT(?:_MS)?)\b)/gm;
/** Numbers that have such names, and bound nothing that comes from outside or lasts. */
const OTHERS = [
  // How sound and film are read: what bounds all of it is MAX_READ, in the table.
  'src/manager/inspect/timed/',
  // How the inside of a file is read; each has its own answer there.
  'src/images/header.rs MAX_CHUNKS',
  'src/images/header.rs MAX_STRAY_LEN',
  'src/images/tiff_directory.rs MAX_ENTRIES',
  'src/manager/inspect/isobmff.rs MAX_BOXES',
  'src/manager/inspect/kind.rs MAX_BOXES',
  'src/manager/inspect/isobmff.rs MAX_ASSOCIATIONS_LEN',
  'src/manager/inspect/inflate.rs MAX_HEADER',
  'src/manager/inspect/office.rs MAX_TAIL',
  'src/manager/inspect/office.rs MAX_DIRECTORY',
  'src/manager/inspect/office.rs MAX_LIST',
  'src/images/colors.rs MAX_COLORS',
  // How colours are computed.
  'src/images/inks.rs MAX_BLACK',
  // In which parts an image is decoded.
  'src/images/jxl_image.rs MAX_BAND_PIXELS',
  // The limits of drawings, which docs/images.md#svg describes together.
  'src/images/svg_image.rs MAX_TEXT_LEN',
  'src/images/svg_image.rs MAX_WEIGHT',
  'src/images/svg_image.rs MAX_DEPTH',
  'src/images/svg_image.rs MAX_NODES',
  'src/images/svg_image.rs MAX_VISITED',
  'src/images/svg_image.rs MAX_WORK',
  'src/images/svg_image.rs MAX_HALVINGS',
  'src/images/svg_image.rs MAX_LAYERS_LEN',
  'src/images/svg_image.rs MAX_DRAWN',
  'src/images/svg_image.rs MAX_NESTED',
  // How much is read of what ffmpeg says and makes.
  'src/manager/items/transcodes.rs MAX_CODECS_LEN',
  'pkg-template/manager/videos/ffmpeg.js MAX_HEADER_SIZE',
  'pkg-template/manager/videos/process.js MAX_ERROR_LEN',
  // The largest numbers of a format.
  'src/manager/zip/layout.rs MAX_U32',
  'src/manager/zip/layout.rs MAX_U16',
  // How often and in which steps own work is done.
  'src/manager/events/mod.rs MAX_PENDING',
  'src/manager/site.rs MAX_RETRIES',
  'src/manager/downloads/bundle.rs MAX_EXTENSION',
  'pkg-template/cli/commands/sync.js MAX_PAUSE_MS',
  'pkg-template/manager/index.js MAX_RETRY_MS',
  'pkg-template/manager/recorded.js MAX_RETRY_MS',
  'pkg-template/manager/images/transformer.js MAX_MEMORY',
  'pkg-template/cli/server/access-log.js MAX_DECODINGS',
  'pkg-template/manager/worker/bodies.js MAX_PIECE',
  'pkg-template/manager/worker/link.js MAX_PAUSE_MS',
  'pkg-template/manager/worker/proxy.js MAX_INLINE',
  'pkg-template/manager/worker/session.js MAX_INLINE',
  'server/src/log.rs MAX_DECODINGS',
  'server/src/recorded.rs MAX_RETRY',
  'server/src/background/pace.rs MAX_RETRY',
  'server/src/guard/mod.rs MAX_SHOWN',
  'server/src/listen/mod.rs REFUSAL_TIMEOUT',
  'server/src/commands/events.rs MAX_EVENTS_SIZE',
  'server/src/commands/events.rs MAX_WAITING_PIECES',
  // Only managers for tests have snapshots.
  'pkg-template/manager/engine.js MAX_GROWTH',
  // Only in browsers.
  'pkg-template/manager/storage/opfs.js MAX_OPEN',
];

const UNITS = /** @type {Record<string, number>} */ ({ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, MB: 1e6, GB: 1e9, ms: 1, s: 1000, days: 86_400_000 });

/**
 * A number as the table writes it; times are in milliseconds.
 *
 * @param {string} text
 */
function numberIn(text) {
  const [, digits, slash, unit] = present(/^([\d,]+)(?:\/(\d+))?(?: ([A-Za-z]+))?/.exec(text), text);
  const number = Number(digits.replaceAll(',', ''));
  if (slash) return number / Number(slash);
  return number * (UNITS[unit] ?? 1);
}

/**
 * The number that a source gives a name: a constant, a member, or a pair.
 *
 * @param {string} source
 * @param {string} name
 */
function definedIn(source, name) {
  const plain = name.replace(/^"(.*)"$/, '$1');
  const found = name.startsWith('"')
    ? new RegExp(`\\("${plain}", ([\\d_]+)\\)`).exec(source)
    : (new RegExp(`\\bconst ${plain}(?:: [\\w:]+)? = ([^;]+);`).exec(source) ?? new RegExp(`\\b${plain}: ([\\d_]+),`).exec(source));
  // A duration of Rust, in its unit.
  const expression = present(found, name)[1].replace(/^Duration::from_(?:secs|millis)(?=\()/, '');
  assert.match(expression, /^[\d_ *+/<().-]+$/, `${name} is no plain number`);
  return Number(new Function(`return ${expression}`)());
}

/** @param {string} folder */
async function sources(folder) {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  return names.filter((name) => /\.(rs|js)$/.test(name)).map((name) => join(folder, name));
}

suite('docs/limits.md', async () => {
  const text = await readFile(join(ROOT, 'docs/limits.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (Limit|---)/.test(line))
    .map((line) => line.slice(2, -1).split('|').map((cell) => cell.trim()));
  /** @type {{ name: string, value: string, path: string, constant: string }[]} */
  const limits = [];
  for (const [name, value, , , code] of rows) {
    for (const [, constant, link] of code.matchAll(/\[`([^`]+)`\]\(([^)]+)\)/g)) limits.push({ name, value, constant, path: normalize(join('docs', link)) });
  }

  test('every value is that of the code', async () => {
    assert.ok(limits.length > 30, `${limits.length} limits`);
    for (const { name, value, path, constant } of limits) {
      const stated = numberIn(value);
      const defined = definedIn(await readFile(join(ROOT, path), 'utf8'), constant);
      // Constants of times are in milliseconds, or in seconds.
      const isTime = / (ms|s|days)\b/.test(value);
      assert.ok(stated === defined || (isTime && stated === defined * 1000), `${name}: ${value} in the table, ${constant} = ${defined} in ${path}`);
    }
  });

  test('every limit of the code is in the table', async () => {
    const listed = new Set([...limits.map(({ path, constant }) => `${path} ${constant}`), ...OTHERS]);
    /** @type {string[]} */
    const defined = [];
    for (const folder of SOURCES) {
      for (const path of await sources(folder)) {
        const source = await readFile(join(ROOT, path), 'utf8');
        for (const [, name] of source.matchAll(LIMIT)) defined.push(`${path} ${name}`);
      }
    }
    const folders = OTHERS.filter((one) => one.endsWith('/'));
    assert.deepEqual(defined.filter((one) => !listed.has(one) && !folders.some((folder) => one.startsWith(folder))), []);
    assert.deepEqual(OTHERS.filter((other) => !defined.some((one) => (other.endsWith('/') ? one.startsWith(other) : one === other))), [], 'they are no more');
  });

  test('every option that it names is one of serve, or of the native server for its own limits', async () => {
    const table = await readFile(join(ROOT, 'server/src/settings/table.rs'), 'utf8');
    const ofServer = new Set([...table.matchAll(/row\(\s*"([a-z-]+)"/g)].map(([, name]) => name));
    assert.ok(ofServer.has('max-connections'), 'its settings');
    const ofCommand = new Set(commands.serve.options.map(({ name }) => name));
    for (const [name, , , how, code] of rows) {
      const options = code.includes('../server/src/') ? ofServer : ofCommand;
      for (const [, option] of how.matchAll(/`--([a-z-]+)`/g)) assert.ok(options.has(option), `${name}: --${option}`);
    }
  });
});
