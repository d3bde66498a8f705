// An S3 server. `cargo xtask test team` installs it and names its folder in WIX_MEDIA_S3_BIN.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { withinTime } from '../harness/limit.js';
import { present } from '../harness/present.js';
import { dependent } from './dependent.js';

/** @import { Closing } from '../harness/types.d.ts' */

const BUCKET = 'media';

/**
 * An S3 server.
 *
 * @param {'moto_server' | 'weed'} name
 */
export function program(name) {
  const { WIX_MEDIA_S3_BIN: folder } = process.env;
  if (!folder) throw new Error(`WIX_MEDIA_S3_BIN must name the folder of ${name}: run cargo xtask test team`);
  return join(folder, name);
}

/**
 * Starts moto with a bucket.
 *
 * @param {Closing} closing
 */
export async function objectStore(closing) {
  const child = dependent(program('moto_server'), ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  closing.after(() => {
    child.kill('SIGKILL');
    return ended;
  });
  let said = '';
  /** @type {Promise<string>} */
  const listens = new Promise((resolve, reject) => {
    // Read to its end, or the server would wait for a reader of its log.
    present(child.stderr).setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
      const [, found] = /Running on (http:\/\/[\d.:]+\d)\n/.exec(said) ?? [];
      if (found) resolve(found);
    });
    ended.then(() => reject(new Error(`moto_server ended: ${said}`)), reject);
  });
  const origin = await withinTime('the start of moto_server', listens);
  const created = await fetch(`${origin}/${BUCKET}`, { method: 'PUT' });
  if (!created.ok) throw new Error(`moto_server answered ${created.status}: ${await created.text()}`);
  const settings = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'testtest', AWS_ENDPOINT_URL: origin };
  /** The names of all objects. */
  const names = async () => {
    const text = await (await fetch(`${origin}/${BUCKET}?list-type=2`)).text();
    return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => name).sort();
  };
  /** The multipart uploads under way: the name of each, and its id. */
  const multipart = async () => {
    const text = await (await fetch(`${origin}/${BUCKET}?uploads`)).text();
    return [...text.matchAll(/<Upload><UploadId>([^<]*)<\/UploadId><Key>([^<]*)<\/Key>/g)].map(([, id, name]) => ({ name, id }));
  };
  /** The number of multipart uploads under way. */
  const uploads = async () => (await multipart()).length;
  /** The number of parts that they have. */
  const parts = async () => {
    const each = (await multipart()).map(async ({ name, id }) => {
      const text = await (await fetch(`${origin}/${BUCKET}/${name}?uploadId=${encodeURIComponent(id)}`)).text();
      return [...text.matchAll(/<PartNumber>/g)].length;
    });
    return (await Promise.all(each)).reduce((sum, count) => sum + count, 0);
  };
  return { port: Number(new URL(origin).port), origin, bucket: `s3://${BUCKET}/site`, env: settings, names, uploads, parts };
}

/**
 * A proxy in front of a server, which can be cut off and restored.
 *
 * @param {Closing} closing
 * @param {number} to
 */
export async function proxy(closing, to) {
  let isCut = false;
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  closing.after(() => {
    cut();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, cut, restore: () => (isCut = false) };
}
