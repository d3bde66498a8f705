// SeaweedFS: with two volume servers, each of which has every object, or as one process. `cargo xtask test team` and `cargo xtask bench team` install it
// and name its folder in WIX_MEDIA_S3_BIN.
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { freePort } from '../harness/port.js';
import { present } from '../harness/present.js';
import { dependent } from './dependent.js';
import { nodes } from './nodes.js';
import { program } from './object-store.js';

/** @import { Closing } from '../harness/types.d.ts' */

const BUCKET = 'media';
/** Another copy, on another server. */
const REPLICATION = '001';
/** Further protocols of the gateway, off. */
const OTHER_PORTS = ['port.iceberg=0', 'port.lance=0'];
/** The account of the credentials, without which streams of other clients are not understood, and everybody. */
const ACTIONS = ['Admin', 'Read', 'List', 'Tagging', 'Write'];
const IDENTITIES = [
  { name: 'test', credentials: [{ accessKey: 'test', secretKey: 'testtest' }], actions: ACTIONS },
  { name: 'anonymous', actions: ACTIONS },
];
/** No log files: those of a process that is killed would stay in the folder for temporary files. */
const LOG = '-logtostderr';
const ADDRESS = ['-ip=127.0.0.1', '-ip.bind=127.0.0.1'];
/** The parts of one process. */
const PARTS = ['filer', 'master', 'volume', 's3'];
/** Their ports. That of gRPC would be 10,000 higher unless it is given. */
const PORTS = PARTS.flatMap((part) => [`${part}.port`, `${part}.port.grpc`]);

/**
 * The bucket, once it is made, and what a server needs for it. There are no accounts, so everybody may do everything.
 *
 * @param {string} origin
 */
async function bucketAt(origin) {
  const created = async () => {
    const made = () => fetch(`${origin}/${BUCKET}`, { method: 'PUT' }).catch(() => undefined);
    while (!(await made())?.ok) await setTimeout(100);
  };
  await withinTime('the bucket', created());
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'testtest', AWS_ENDPOINT_URL: origin, AWS_REGION: 'us-east-1' };
  return { bucket: `s3://${BUCKET}/site`, env };
}

/**
 * Starts it as one process with an empty bucket, without copies, for clients of any kind.
 *
 * @param {Closing} closing
 */
export async function seaweedfsAlone(closing) {
  const folder = await temporaryFolder(closing);
  const accounts = join(folder, 'accounts.json');
  writeFileSync(accounts, JSON.stringify({ identities: IDENTITIES }));
  /** @type {Record<string, number>} */
  const ports = {};
  for (const name of PORTS) ports[name] = await freePort();
  const args = [LOG, 'server', ...ADDRESS, '-filer', '-s3', `-s3.config=${accounts}`, `-dir=${folder}`, '-volume.max=40', '-master.volumeSizeLimitMB=1024', `-filer.localSocket=${folder}/filer`, `-s3.localSocket=${folder}/s3`, ...OTHER_PORTS.map((each) => `-s3.${each}`), ...PORTS.map((name) => `-${name}=${ports[name]}`)];
  const child = dependent(program('weed'), args, { stdio: 'ignore' });
  const ended = once(child, 'close');
  closing.after(async () => {
    child.kill('SIGKILL');
    await ended;
    // Its parts talk through sockets whose folder no option and no variable changes.
    for (const part of PARTS) rmSync(`/tmp/seaweedfs-${part}-grpc-${ports[`${part}.port.grpc`]}.sock`, { force: true });
  });
  const origin = `http://127.0.0.1:${ports['s3.port']}`;
  const early = ended.then(([code]) => Promise.reject(new Error(`weed ended with ${code}`)));
  early.catch(() => {});
  /** Deletes all objects, so that the next upload finds as much room. */
  const clear = async () => {
    const text = await (await fetch(`${origin}/${BUCKET}?list-type=2`)).text();
    for (const [, key] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) await fetch(`${origin}/${BUCKET}/${key}`, { method: 'DELETE' });
  };
  return { ...(await Promise.race([bucketAt(origin), early])), name: BUCKET, pid: present(child.pid), clear };
}

/**
 * Starts it with an empty bucket and two volume servers.
 *
 * @param {Closing} closing
 */
export async function seaweedfs(closing) {
  const weed = [program('weed'), LOG];
  /** The port of a server and that of its gRPC, which belongs to its address. */
  const place = async () => {
    const [port, grpc] = [await freePort(), await freePort()];
    return { port, grpc, ports: [`-port=${port}`, `-port.grpc=${grpc}`] };
  };
  const [master, one, two, filer, gateway] = [await place(), await place(), await place(), await place(), await place()];
  const leader = `127.0.0.1:${master.port}.${master.grpc}`;
  const volume = (/** @type {string[]} */ ports) => (/** @type {string} */ folder) => [...weed, 'volume', ...ADDRESS, ...ports, `-dir=${folder}/`, '-max=100', `-master=${leader}`];
  const { start, kill } = await nodes(closing, 'seaweedfs', {
    master: (folder) => [...weed, 'master', ...ADDRESS, ...master.ports, `-mdir=${folder}/`, `-defaultReplication=${REPLICATION}`, '-volumeSizeLimitMB=64', '-telemetry=false'],
    one: volume(one.ports),
    two: volume(two.ports),
    filer: (folder) => [...weed, 'filer', ...ADDRESS, ...filer.ports, `-master=${leader}`, `-defaultStoreDir=${folder}/`, `-defaultReplicaPlacement=${REPLICATION}`, `-localSocket=${folder}/socket`],
    gateway: (folder) => [...weed, 's3', '-ip.bind=127.0.0.1', ...gateway.ports, ...OTHER_PORTS.map((each) => `-${each}`), `-localSocket=${folder}/socket`, `-filer=127.0.0.1:${filer.port}.${filer.grpc}`],
  });
  const origin = `http://127.0.0.1:${gateway.port}`;
  /** The number of volume servers that the master knows. */
  const volumes = async () => {
    const response = await fetch(`http://127.0.0.1:${master.port}/dir/status`).catch(() => undefined);
    const { Topology: topology } = response?.ok ? await response.json() : { Topology: undefined };
    return (topology?.DataCenters ?? []).flatMap((/** @type {any} */ { Racks: racks }) => racks.flatMap((/** @type {any} */ { DataNodes: found }) => found)).length;
  };
  /**
   * Waits until so many of them are there.
   *
   * @param {number} count
   */
  const until = (count) => {
    const waiting = async () => {
      while ((await volumes()) !== count) await setTimeout(100);
    };
    return withinTime(`${count} volume servers`, waiting());
  };
  await start('master');
  await start('one');
  await start('two');
  await until(2);
  await start('filer');
  await start('gateway');
  return {
    ...(await bucketAt(origin)),
    /** Waits until the master knows so many volume servers. */
    until,
    /** Starts the volume server `one` or `two` again. */
    start,
    /** Kills the volume server `one` or `two`. */
    kill,
  };
}
