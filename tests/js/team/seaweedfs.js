// SeaweedFS with two volume servers, each of which has every object. `cargo xtask test team` installs it and names its folder in WIX_MEDIA_S3_BIN.
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { freePort } from '../harness/port.js';
import { nodes } from './nodes.js';
import { program } from './object-store.js';

/** @import { Closing } from '../harness/types.d.ts' */

const BUCKET = 'media';
/** Another copy, on another server. */
const REPLICATION = '001';
/** Further protocols of the gateway, off. */
const OTHER_PORTS = ['-port.iceberg=0', '-port.lance=0'];

/**
 * Starts it with an empty bucket.
 *
 * @param {Closing} closing
 */
export async function seaweedfs(closing) {
  const weed = program('weed');
  const address = ['-ip=127.0.0.1', '-ip.bind=127.0.0.1'];
  /** The port of a server and that of its gRPC, which belongs to its address. */
  const place = async () => {
    const [port, grpc] = [await freePort(), await freePort()];
    return { port, grpc, ports: [`-port=${port}`, `-port.grpc=${grpc}`] };
  };
  const [master, one, two, filer, gateway] = [await place(), await place(), await place(), await place(), await place()];
  const leader = `127.0.0.1:${master.port}.${master.grpc}`;
  const volume = (/** @type {string[]} */ ports) => (/** @type {string} */ folder) => [weed, 'volume', ...address, ...ports, `-dir=${folder}/`, '-max=100', `-master=${leader}`];
  const { start, kill } = await nodes(closing, 'seaweedfs', {
    master: (folder) => [weed, 'master', ...address, ...master.ports, `-mdir=${folder}/`, `-defaultReplication=${REPLICATION}`, '-volumeSizeLimitMB=64', '-telemetry=false'],
    one: volume(one.ports),
    two: volume(two.ports),
    filer: (folder) => [weed, 'filer', ...address, ...filer.ports, `-master=${leader}`, `-defaultStoreDir=${folder}/`, `-defaultReplicaPlacement=${REPLICATION}`],
    // Without accounts, so that everybody may do everything.
    gateway: (folder) => [weed, 's3', '-ip.bind=127.0.0.1', ...gateway.ports, ...OTHER_PORTS, `-localSocket=${folder}/socket`, `-filer=127.0.0.1:${filer.port}.${filer.grpc}`],
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
  const created = async () => {
    const made = () => fetch(`${origin}/${BUCKET}`, { method: 'PUT' }).catch(() => undefined);
    while (!(await made())?.ok) await setTimeout(100);
  };
  await withinTime('the bucket', created());
  return {
    /** Waits until the master knows so many volume servers. */
    until,
    /** Starts the volume server `one` or `two` again. */
    start,
    /** Kills the volume server `one` or `two`. */
    kill,
    bucket: `s3://${BUCKET}/site`,
    env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'testtest', AWS_ENDPOINT_URL: origin },
  };
}
