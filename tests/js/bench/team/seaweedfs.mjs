// SeaweedFS with a bucket. `cargo xtask bench team` installs it and names its folder in WIX_MEDIA_S3_BIN.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '../../harness/manager.js';
import { freePort } from '../../harness/port.js';
import { present } from '../../harness/present.js';
import { program } from '../../team/object-store.js';

/** @import { Closing } from '../../harness/types.d.ts' */

const BUCKET = 'media';
const [KEY, SECRET] = ['test', 'testtest'];
const IDENTITIES = {
  identities: [{ name: 'bench', credentials: [{ accessKey: KEY, secretKey: SECRET }], actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'] }, { name: 'anonymous', actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'] }],
};
/** The ports of its parts. That of gRPC would be 10,000 higher unless it is given. */
const PORTS = ['filer.port', 'filer.port.grpc', 'master.port', 'master.port.grpc', 'volume.port', 'volume.port.grpc', 's3.port', 's3.port.grpc'];

/** Those that have the same number in every process, and that nobody uses. */
const OTHER_PORTS = ['-s3.port.iceberg=0', '-s3.port.lance=0'];

/**
 * Starts SeaweedFS.
 *
 * @param {Closing} closing
 */
export async function seaweedfs(closing) {
  const run = await temporaryFolder(closing);
  const [data, identities] = [join(run, 'data'), join(run, 'identities.json')];
  mkdirSync(data, { recursive: true });
  writeFileSync(identities, JSON.stringify(IDENTITIES));
  /** @type {Record<string, number>} */
  const ports = {};
  for (const name of PORTS) ports[name] = await freePort();
  const args = ['server', '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-filer', '-s3', `-dir=${data}`, `-s3.config=${identities}`, '-volume.max=40', '-master.volumeSizeLimitMB=1024', ...OTHER_PORTS];
  const child = spawn(program('weed'), [...args, ...PORTS.map((name) => `-${name}=${ports[name]}`)], { stdio: 'ignore' });
  const ended = once(child, 'close');
  closing.after(() => {
    child.kill('SIGKILL');
    return ended;
  });
  const origin = `http://127.0.0.1:${ports['s3.port']}`;
  const isMade = () => fetch(`${origin}/${BUCKET}`, { method: 'PUT' }).then(({ ok }) => ok, () => false);
  while (!(await isMade())) {
    if (child.exitCode !== null) throw new Error(`weed ended with ${child.exitCode}`);
    await pause(200);
  }
  /** Deletes all objects, so that the next upload finds as much room. */
  const clear = async () => {
    const text = await (await fetch(`${origin}/${BUCKET}?list-type=2`)).text();
    for (const [, key] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) await fetch(`${origin}/${BUCKET}/${key}`, { method: 'DELETE' });
  };
  const env = { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET, AWS_ENDPOINT_URL: origin, AWS_REGION: 'us-east-1' };
  return { pid: present(child.pid), bucket: BUCKET, env, clear };
}
