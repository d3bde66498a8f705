// From `wix-media serve` to its first answer, in processes of their own. Medians; never a test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from './server.mjs';

const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 9);
const TARGET_MS = 1000;

/**
 * Starts a server, asks it for its files, and ends it.
 *
 * @param {string[]} args
 */
async function run(args) {
  const begin = performance.now();
  const { origin, stop } = await startServer(args);
  const response = await fetch(`${origin}/site-media/v1/files`);
  await response.arrayBuffer();
  const time = performance.now() - begin;
  await stop();
  return time;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

/** The start of Node alone, which tells a slow machine from a slow server. */
function bare() {
  const begin = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begin;
}

const folder = mkdtempSync(join(tmpdir(), 'wix-media-bench-'));
try {
  console.log(`wix-media serve to its first answer, medians of ${ROUNDS}\n`);
  const alone = Array.from({ length: ROUNDS }, bare);
  console.log(`${'Node alone'.padEnd(24)} ${median(alone).toFixed(0)} ms`);
  for (const [name, args] of /** @type {[string, string[]][]} */ ([['in memory', []], ['in a directory', ['--data', join(folder, 'media')]]])) {
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await run(args));
    const time = median(times);
    console.log(`${name.padEnd(24)} ${time.toFixed(0)} ms   target ≤ ${TARGET_MS} ms${time <= TARGET_MS ? '' : '  missed'}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
