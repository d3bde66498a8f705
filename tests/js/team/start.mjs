// `cargo xtask start --team [--s3] [--port N]`: PostgreSQL, three servers and a balancer on this machine, and with `--s3` an S3 server, until
// Ctrl-C, which stops all of it and removes its data.
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { objectStore } from './object-store.js';
import { team } from './team.js';

const [port = '4410', storage] = process.argv.slice(2);
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** @type {(() => unknown)[]} */
const closers = [];
let isStopping = false;
const stop = Promise.race(SIGNALS.map((signal) => once(process, signal)));
// The terminal sends a second one to people who are impatient: nothing must be left behind then either.
for (const signal of SIGNALS) process.on(signal, () => (isStopping = true));

async function main() {
  const page = fileURLToPath(new URL('../../../dist', import.meta.url));
  const closing = { after: (/** @type {() => unknown} */ close) => void closers.push(close) };
  const store = storage === 's3' ? await objectStore(closing) : undefined;
  const { origin, servers, url, directory } = await team(closing, { port: Number(port), args: ['--page', page], store });
  if (isStopping) return;
  console.log(`
Three servers on one PostgreSQL. Each request goes to the next server:

  ${origin}

  servers   ${servers.map(({ origin: own, child }) => `${own} (process ${child.pid})`).join('\n            ')}
  database  ${url}
  bytes     ${store ? `${store.bucket} of ${store.origin}` : directory}

What to try:

  the page, in one browser or in two         ${origin}
  events, of whichever server made them      curl -N -H 'accept: text/event-stream' ${servers[0].origin}/_wix-media/events
  a change on another server                 curl ${servers[1].origin}/site-media/v1/folders -H 'content-type: application/json' -d '{"displayName":"Animals"}'
  a crash: the others go on                  kill -9 ${servers[2].child.pid}
  what the database holds                    psql '${url}' -c 'SELECT number, body FROM event ORDER BY number'

Ctrl-C stops everything and removes the data.`);
  await stop;
}

/** @param {unknown} error */
function report(error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  console.error(code === 'EADDRINUSE' ? `cannot use port ${port}: stop the program that has it, or choose another with --port N` : message);
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  // Ctrl-C reaches what is being started too. A turn of the event loop may see its end first, and the signal next.
  for (let turn = 0; turn < 2; turn += 1) await setImmediate();
  if (!isStopping) report(error);
}
if (isStopping) console.log('\nStopping');
for (const close of closers.reverse()) {
  try {
    await close();
  } catch (error) {
    report(error);
  }
}
// Signals are listened to, which keeps the process alive.
process.exit();
