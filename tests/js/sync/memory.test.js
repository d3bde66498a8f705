// A plan is not held in memory: a heap that could not hold it is enough.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('many.mjs', import.meta.url));

/** Entries, steps and rows of a sort, all of them in memory, take more than twice the heap. */
const COUNT = 60_000;
const HEAP_MB = 24;

test('sync: a folder of many files is listed, sorted and planned in a small heap', async () => {
  const { stdout } = await run(process.execPath, [`--max-old-space-size=${HEAP_MB}`, PROGRAM, String(COUNT)]);
  assert.equal(stdout, `${COUNT}\n`);
});
