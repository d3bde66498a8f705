// AVIF and HEIC in Node, Bun and Deno, by what is installed on the machine: `sharp`, if the program that uses this package has it,
// and the program of libheif (`heif-dec`, or `heif-convert` before version 1.19). Neither is a dependency.
//
// Images are untrusted, and their decoders are native code. Each image is decoded in a process of its own, which has limits of
// time, memory and output (`../videos/process.js`) and a temporary folder that is removed with it. So a decoder that crashes
// refuses one image. Neither program opens a network connection: both get the path of one file, and sharp loads nothing but the
// formats that are named here.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { findProgram, runProgram } from '../videos/process.js';
import { openScratch } from '../videos/scratch.js';
import { createConverter } from './converter.js';

/** @import { Converter, ConverterPart, ImageKind, Refuse } from '../internal.d.ts' */

/** The most pixels of an image, as for all others. */
const MAX_PIXELS = 100_000_000;
/** The most bytes of a result, also of the PNG of an image on its way to the modules. */
const MAX_RESULT_SIZE = 320 << 20;
/** The most memory that the program of libheif may address, in bytes. sharp has the limit of all programs, because Node reserves more. */
const MAX_MEMORY = 2 * 1024 ** 3;

/** Programs of libheif, newest first. */
const HEIF_PROGRAMS = ['heif-dec', 'heif-convert'];

/** The effort of sharp when it encodes, 0 to 9. One step more takes up to five times as long, for files that are 10 % smaller. */
const EFFORT = 2;

/** What the process of sharp says if sharp itself cannot be loaded. */
const BROKEN = 'sharp is installed, but cannot be loaded';

/** What the process of sharp runs. The arguments are the file of sharp, the image, the result, and the quality if that is an AVIF. */
const SCRIPT = `
const [file, source, target, quality] = process.argv.slice(1);
let sharp;
try {
  sharp = require(file);
} catch {
  process.stderr.write('${BROKEN}');
  process.exit(1);
}
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadHeifFile', 'VipsForeignLoadPngFile'] });
const image = sharp(source, { limitInputPixels: ${MAX_PIXELS}, failOn: 'error' }).keepIccProfile();
(quality ? image.avif({ quality: Number(quality), effort: ${EFFORT} }) : image.png({ compressionLevel: 1 }))
  .toFile(target)
  .catch((error) => {
    process.stderr.write(error.message);
    process.exitCode = 1;
  });
`;

/** The name of the file that is decoded. */
const SOURCE = 'image';

/** The processors that one image may use. */
const THREADS = 2;

/** Whether this process is Node, and can run a script by its own program. A program that contains Node would run itself. */
const isNode = () => !('Deno' in globalThis) && !('Bun' in globalThis) && /^node(js)?(\.exe)?$/.test(path.basename(process.execPath));

/** The file of sharp, as seen from this package or from the program that runs. Undefined if it is not installed. */
function findSharp() {
  for (const place of [import.meta.url, process.argv[1]]) {
    try {
      return createRequire(place).resolve('sharp');
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}

/**
 * Whether sharp comes with its own libheif, which has no decoder of HEVC.
 *
 * @param {string} file
 */
function isPrebuilt(file) {
  try {
    createRequire(file).resolve(`@img/sharp-libvips-${process.platform}-${process.arch}/package`);
    return true;
  } catch {
    return process.platform === 'win32';
  }
}

/**
 * @param {ImageKind} kind
 * @param {boolean} hasSharp
 */
function advice(kind, hasSharp) {
  const libheif = 'libheif with its program heif-dec or heif-convert (Debian: libheif-examples)';
  if (kind === 'avif') return `install sharp beside wix-media.v2, or ${libheif}`;
  return `${hasSharp ? 'the sharp that npm installs decodes no HEVC: ' : ''}install ${libheif}`;
}

/**
 * The quality of AVIF in sharp that looks like a JPEG of this quality. 80 becomes 50, which is sharp's own default.
 *
 * @param {number} quality 1 to 100.
 */
const avifQuality = (quality) => Math.max(1, Math.round(quality ** 2 / 128));

/**
 * Makes the converter of this machine. Without any program, it says what is missing.
 *
 * @param {object} options
 * @param {number} options.timeoutMs How long one image may take.
 * @param {string} [options.sharp] The file of sharp, in place of the one that is installed.
 * @param {string} [options.heif] The path of the program of libheif, in place of the one on the PATH.
 * @param {Refuse} refuse For paths that lead nowhere.
 * @returns {Converter}
 */
export function createPrograms({ timeoutMs, sharp, heif }, refuse) {
  /** @type {ReturnType<typeof openScratch> | undefined} */
  let scratch;
  const closing = new AbortController();

  /**
   * Has a program convert one file to another.
   *
   * @param {Uint8Array} image
   * @param {string} name The name of the result.
   * @param {(source: string, target: string) => { program: string, parameters: string[], maxMemory?: number }} command
   */
  async function made(image, name, command) {
    scratch ??= openScratch(undefined);
    /** @type {string | undefined} */
    let folder;
    try {
      folder = scratch.make();
      return await madeIn(folder, image, name, command);
    } catch (error) {
      throw failureOf(/** @type {any} */ (error), folder);
    } finally {
      if (folder !== undefined) scratch.remove(folder);
    }
  }

  /**
   * What a conversion fails with. Anyone may read it, so it says nothing about places on this machine. It has a status if it says
   * nothing about the image either.
   *
   * @param {NodeJS.ErrnoException & { status?: number }} error
   * @param {string | undefined} folder
   */
  function failureOf(error, folder) {
    if (closing.signal.aborted) return closing.signal.reason;
    const fail = (/** @type {string} */ message, /** @type {number | undefined} */ status = undefined) =>
      Object.assign(new Error(message, { cause: error }), status && { status });
    if (error.code === 'TIMEOUT') return fail(error.message, 504);
    // Of the system: no room, no process, no permission.
    if (error.code) return fail(`the server cannot run its program (${error.code})`, 503);
    if (error.message === BROKEN) return fail(BROKEN, 500);
    return fail(folder === undefined ? error.message : error.message.replaceAll(path.join(folder, SOURCE), 'the file').replaceAll(`${folder}${path.sep}`, ''));
  }

  /**
   * The same, in a folder.
   *
   * @param {string} folder
   * @param {Parameters<typeof made>[0]} image
   * @param {Parameters<typeof made>[1]} name
   * @param {Parameters<typeof made>[2]} command
   */
  async function madeIn(folder, image, name, command) {
    const [source, target] = [SOURCE, name].map((each) => path.join(folder, each));
    await fs.promises.writeFile(source, image, { mode: 0o600 });
    const { program, parameters, maxMemory } = command(source, target);
    const limits = { timeoutMs, threads: THREADS, maxFileSize: MAX_RESULT_SIZE, maxMemory };
    await runProgram(program, parameters, { directory: folder, limits, signal: closing.signal });
    const bytes = await fs.promises.readFile(firstOf(target)).catch(() => undefined);
    if (!bytes) throw new Error('its program has written no image');
    return new Uint8Array(bytes);
  }

  /** @type {ConverterPart[]} */
  const parts = [];
  if (sharp && !fs.existsSync(sharp)) throw refuse('images.converters.sharp', `must be the path of a file: ${sharp} is not one`);
  const file = isNode() ? (sharp ?? findSharp()) : undefined;
  if (file) {
    const run = (/** @type {string[]} */ ...places) => ({ program: process.execPath, parameters: ['-e', SCRIPT, file, ...places] });
    parts.push({
      name: 'sharp',
      decodes: isPrebuilt(file) ? ['avif'] : ['avif', 'heic'],
      decode: (bytes) => made(bytes, 'result.png', (source, target) => run(source, target)),
      encode: (bytes, quality) => made(bytes, 'result.avif', (source, target) => run(source, target, String(avifQuality(quality)))),
    });
  }
  const program = (heif ? [heif] : HEIF_PROGRAMS).map(findProgram).find((found) => found);
  if (heif && !program) throw refuse('images.converters.heif', `must be the path of a program: ${heif} is not one`);
  if (program) {
    parts.push({
      name: path.basename(program, '.exe'),
      decodes: ['avif', 'heic'],
      decode: (bytes) => made(bytes, 'result.png', (source, target) => ({ program, parameters: [source, target], maxMemory: MAX_MEMORY })),
    });
  }
  return createConverter({
    parts,
    advice: (kind) => advice(kind, file !== undefined),
    close() {
      closing.abort(Object.assign(new Error('the manager is closed'), { status: 503 }));
      scratch?.close();
    },
  });
}

/**
 * The file that a program has written. For a file of several images, libheif numbers its results.
 *
 * @param {string} target
 */
function firstOf(target) {
  const { dir, name, ext } = path.parse(target);
  const numbered = path.join(dir, `${name}-1${ext}`);
  return !fs.existsSync(target) && fs.existsSync(numbered) ? numbered : target;
}
