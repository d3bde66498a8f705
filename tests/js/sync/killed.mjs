// Runs a synchronisation that is killed before one of its steps: a request, or a change of the disk. Or one whose disk is full.
//
//   node killed.mjs SETTINGS
//
// SETTINGS is JSON: `{ baseUrl, folder, isUpload, at, options, room }`. A write fails that would make a file larger than `room`. It exits with 0 after a whole run, and prints its report, the
// number of its steps, and what it has done to the disk and the network, in order.
import { syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs/promises';
import process from 'node:process';

const { baseUrl, folder, isUpload, at, options, room = Infinity } = JSON.parse(process.argv[2]);
let steps = 0;
/** @type {string[]} */
const done = [];
const step = (/** @type {string} */ name) => {
  done.push(name);
  steps += 1;
  if (steps === at) process.kill(process.pid, 'SIGKILL');
};

/** @type {any} */
const disk = fs;
for (const name of ['mkdir', 'rename', 'link', 'rm', 'unlink', 'rmdir', 'copyFile', 'utimes', 'writeFile']) {
  const real = disk[name];
  disk[name] = (/** @type {unknown[]} */ ...args) => {
    step(name);
    return real(...args);
  };
}
const realOpen = disk.open;
disk.open = async (/** @type {unknown[]} */ ...args) => {
  const handle = await realOpen(...args);
  for (const name of ['appendFile', 'writeFile', 'write', 'truncate']) {
    const real = handle[name].bind(handle);
    handle[name] = async (/** @type {unknown[]} */ ...given) => {
      step(name);
      if (name === 'write' && Number(given[3]) + Number(given[2]) > room) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return real(...given);
    };
  }
  for (const name of ['sync', 'datasync']) {
    const real = handle[name].bind(handle);
    handle[name] = () => {
      done.push(name);
      return real();
    };
  }
  return handle;
};
syncBuiltinESMExports();

const { fetch: send } = globalThis;
const { createClient } = await import('../harness/package.js');
const { sync } = await import('../harness/sync.js');
/** @type {typeof fetch} */
const counted = async (url, init) => {
  if (init?.method !== 'GET') step(String(init?.method));
  const response = await send(url, init);
  // The service has done it, and nobody knows.
  if (init?.method !== 'GET') step('answer');
  return response;
};
const client = createClient({ baseUrl, auth: { apiKey: 'key' }, fetch: counted, retry: { baseDelayMs: 1 } });
const report = await (isUpload ? sync(folder, client, options) : sync(client, folder, options));
console.log(JSON.stringify({ report, steps, done }));
