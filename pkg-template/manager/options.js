// The options of `createManager`: those of the host, and the words in which invalid ones are refused. All others belong to
// the WebAssembly module, which knows their names and types.
import { checkNames, nearest } from '../client/names.js';
import { MAX_TIMEOUT } from '../streams/until.js';
import { HEIGHTS } from './videos/sizes.js';

/** @import { InvalidMember, ManagerOptions, Refuse } from './internal.d.ts' */

/** Options that the module never sees. */
const OWN = ['storage', 'seed', 'clock', 'ids', 'onError', 'thread', 'images', 'videos', 'scrub'];

/** Members of the option `images`. */
const OF_IMAGES = ['threads', 'timeoutMs', 'sizes', 'converters'];

/** Members of the option `images.converters`. */
const OF_CONVERTERS = ['sharp', 'heif'];

/** Members of the option `videos`. */
const OF_VIDEOS = ['ffmpeg', 'threads', 'timeoutMs', 'resolutions'];

/** The most threads for images, and for a video. */
const MAX_THREADS = 64;

/** The members of the option `scrub`. */
const SCRUB = ['bytesPerSecond', 'everyHours'];

/** The members of a step of `processing.steps`. */
const STEP = ['run', 'name', 'timeoutMs', 'mediaTypes'];

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} url */
function isWebUrl(url) {
  try {
    return /^https?:$/.test(new URL(String(url)).protocol);
  } catch {
    return false;
  }
}

/**
 * Refuses options of `createManager` that the module does not check.
 *
 * @param {any} options
 * @param {Refuse} refuse
 */
export function checkManagerOptions(options, refuse) {
  if (!isObject(options)) throw refuse('options', 'must be an object');
  const { ids = 'random', baseUrl } = options;
  if (ids !== 'random' && !(Number.isSafeInteger(ids?.seed) && ids.seed >= 0)) {
    throw refuse('ids', "must be 'random' or { seed }, a whole number that is not negative");
  }
  if (options.onError !== undefined && typeof options.onError !== 'function') throw refuse('onError', 'must be a function');
  if (options.thread !== undefined && typeof options.thread !== 'boolean') throw refuse('thread', 'must be true or false');
  if (options.images !== undefined) checkImages(options.images, refuse);
  if (options.videos !== undefined) checkVideos(options.videos, refuse);
  checkScrub(options.scrub, refuse);
  checkSteps(options.processing?.steps, refuse);
  if (baseUrl !== undefined && !isWebUrl(baseUrl)) throw refuse('baseUrl', 'must be a URL with http or https');
}

/**
 * @param {any} threads
 * @param {string} option
 * @param {number} least
 * @param {Refuse} refuse
 */
function checkThreads(threads, option, least, refuse) {
  if (threads === undefined || (Number.isInteger(threads) && threads >= least && threads <= MAX_THREADS)) return;
  throw refuse(`${option}.threads`, `must be a whole number from ${least} to ${MAX_THREADS}`);
}

/**
 * @param {any} timeoutMs
 * @param {string} option
 * @param {Refuse} refuse
 */
function checkTimeout(timeoutMs, option, refuse) {
  if (timeoutMs === undefined || (Number.isFinite(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT)) return;
  throw refuse(`${option}.timeoutMs`, `must be a number of milliseconds from 1 to ${MAX_TIMEOUT}`);
}

/**
 * @param {any} images
 * @param {Refuse} refuse
 */
function checkImages(images, refuse) {
  if (!isObject(images)) throw refuse('images', 'must be an object');
  const { threads, timeoutMs, sizes, converters } = images;
  checkNames(images, OF_IMAGES, 'images.', refuse);
  checkThreads(threads, 'images', 0, refuse);
  checkTimeout(timeoutMs, 'images', refuse);
  checkConverters(converters, refuse);
  if (sizes === undefined) return;
  if (!Array.isArray(sizes)) throw refuse('images.sizes', "must be a list such as [320, '800x600']");
  for (const [index, size] of sizes.entries()) {
    if (!/^[1-9]\d{0,3}(x[1-9]\d{0,3})?$/.test(String(size))) {
      throw refuse(`images.sizes[${index}]`, 'must be a width in pixels such as 320, or a width and a height such as 800x600');
    }
  }
}

/**
 * @param {any} converters
 * @param {Refuse} refuse
 */
function checkConverters(converters, refuse) {
  if (converters === undefined || typeof converters === 'boolean') return;
  if (!isObject(converters)) throw refuse('images.converters', 'must be true, false or { sharp, heif }');
  checkNames(converters, OF_CONVERTERS, 'images.converters.', refuse);
  for (const [name, value] of Object.entries(converters)) {
    if (value !== undefined && !(typeof value === 'string' && value)) throw refuse(`images.converters.${name}`, 'must be the path of a file');
  }
}

/**
 * @param {any} videos
 * @param {Refuse} refuse
 */
function checkVideos(videos, refuse) {
  if (typeof videos === 'boolean') return;
  if (!isObject(videos)) throw refuse('videos', 'must be true, false or { ffmpeg, threads, timeoutMs, resolutions }');
  const { ffmpeg, threads, timeoutMs, resolutions } = videos;
  checkNames(videos, OF_VIDEOS, 'videos.', refuse);
  if (ffmpeg !== undefined && !(typeof ffmpeg === 'string' && ffmpeg)) throw refuse('videos.ffmpeg', 'must be the path of the program');
  checkThreads(threads, 'videos', 1, refuse);
  checkTimeout(timeoutMs, 'videos', refuse);
  if (resolutions !== undefined && !(Array.isArray(resolutions) && resolutions.every((height) => HEIGHTS.includes(height)))) {
    throw refuse('videos.resolutions', `must be a list of ${HEIGHTS.join(', ')}`);
  }
}

/**
 * @param {any} scrub
 * @param {Refuse} refuse
 */
function checkScrub(scrub, refuse) {
  if (scrub === undefined || typeof scrub === 'boolean') return;
  if (!isObject(scrub)) throw refuse('scrub', 'must be true, false or { bytesPerSecond, everyHours }');
  checkNames(scrub, SCRUB, 'scrub.', refuse);
  for (const [name, value] of Object.entries(scrub)) {
    if (value !== undefined && !(typeof value === 'number' && value > 0 && value < Infinity)) {
      throw refuse(`scrub.${name}`, 'must be a number above 0');
    }
  }
}

/**
 * @param {any} steps
 * @param {Refuse} refuse
 */
function checkSteps(steps, refuse) {
  if (steps === undefined) return;
  if (!Array.isArray(steps)) throw refuse('processing.steps', 'must be a list of functions or of { run }');
  for (const [index, step] of steps.entries()) {
    if (typeof step === 'function') continue;
    const field = `processing.steps[${index}]`;
    if (typeof step?.run !== 'function') throw refuse(field, 'must be a function or { run }');
    const { name, timeoutMs, mediaTypes } = step;
    checkNames(step, STEP, `${field}.`, refuse);
    if (name !== undefined && typeof name !== 'string') throw refuse(`${field}.name`, 'must be a string');
    if (mediaTypes !== undefined && !Array.isArray(mediaTypes)) throw refuse(`${field}.mediaTypes`, "must be a list such as ['IMAGE']");
    checkTimeout(timeoutMs, field, refuse);
  }
}

/**
 * The options for the module. It refuses those that it does not know.
 *
 * @param {ManagerOptions} options
 */
export function settingsOf({ ids, ...options }) {
  if (isObject(options.processing)) {
    const { steps: _, ...processing } = /** @type {NonNullable<ManagerOptions['processing']>} */ (options.processing);
    options.processing = processing;
  }
  for (const name of OWN) delete options[/** @type {keyof typeof options} */ (name)];
  return { options, seed: typeof ids === 'object' ? ids.seed : undefined };
}

/**
 * JSON for the module. Functions become null, because a member that JSON leaves out would not be refused.
 *
 * @param {unknown} value
 * @param {Refuse} refuse For BigInts, which JSON does not have.
 */
export const toJson = (value, refuse) =>
  JSON.stringify(value, (name, member) => {
    if (typeof member === 'bigint') throw refuse(name, 'must not be a BigInt');
    return typeof member === 'function' ? null : member;
  });

/**
 * The error for a member that the module has refused.
 *
 * @param {InvalidMember} member
 * @param {Refuse} refuse
 * @param {string} whole What an empty path stands for.
 */
export function refusalOf({ field, description, known }, refuse, whole) {
  if (!known) return refuse(field || whole, description);
  const name = field.slice(field.lastIndexOf('.') + 1);
  const names = whole === 'options' && name === field ? [...OWN, ...known] : known;
  return refuse(field, `is not an option: did you mean ${nearest(name, names)}?`);
}
