// The access log: requests and their outcome, without secrets that a reader of the log could use.
import { bytes, duration } from '../units.js';

/** @import { Exchange, Paint } from '../internal.d.ts' */

const SECRET = /token|key|secret|signature|code|auth|cookie/i;
/** Paths whose next part is a permission to upload or download. */
const CAPABILITY = /^(\/(?:upload\/tus|upload|archive\/wix)\/)(?!tus(?:$|[/?]))[^/?]+/;

/**
 * The target of a request without secrets.
 *
 * @param {string} target
 */
export function redactedTarget(target) {
  const [path, query] = split(target);
  const shown = path.replace(CAPABILITY, '$1[redacted]');
  if (query === undefined) return shown;
  const pairs = query.split('&').map((pair) => {
    const [name] = pair.split('=', 1);
    return SECRET.test(decoded(name)) ? `${name}=[redacted]` : pair;
  });
  return `${shown}?${pairs.join('&')}`;
}

/** @param {string} target */
function split(target) {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

/** @param {string} name */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * The headers of a request without secrets.
 *
 * @param {import('node:http').IncomingHttpHeaders} headers
 */
export const redactedHeaders = (headers) =>
  Object.entries(headers).map(([name, value]) => {
    // The metadata of a TUS creation holds the token of the upload.
    const isSecret = SECRET.test(name) || name === 'upload-metadata' || name === 'referer';
    return `${name}: ${isSecret ? '[redacted]' : value}`;
  });

/**
 * Makes the function that logs an exchange.
 *
 * @param {{ write: (line: string) => void, paint: Paint, isVerbose?: boolean, now?: () => Date }} options With `isVerbose` the
 * headers follow.
 * @returns {(exchange: Exchange) => void}
 * @example
 * 10:05:12 GET /site-media/v1/files?paging.limit=2 200 1.2 kB 4 ms
 */
export function accessLog({ write, paint, isVerbose, now = () => new Date() }) {
  return ({ incoming, outgoing, started, sent, error }) => {
    const { method, url, headers, socket } = incoming;
    const status = outgoing.headersSent ? outgoing.statusCode : 0;
    const isCut = !outgoing.writableFinished;
    const words = [
      paint.dim(now().toTimeString().slice(0, 8)),
      method,
      // HTTP excludes control characters, but not invisible ones.
      redactedTarget(String(url)).replace(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character)),
      isCut ? paint.yellow('cut off') : colourOf(status, paint)(status),
      bytes(sent),
      duration(performance.now() - started),
    ];
    write(words.join(' '));
    if (isVerbose) {
      write(paint.dim(`  from ${socket.remoteAddress}`));
      for (const line of redactedHeaders(headers)) write(paint.dim(`  ${line}`));
    }
    if (error && !isCut) write(paint.red(`  ${/** @type {Error} */ (error).stack ?? error}`));
  };
}

/**
 * @param {number} status
 * @param {Paint} paint
 */
const colourOf = (status, paint) => (status >= 500 ? paint.red : status >= 400 ? paint.yellow : paint.green);
