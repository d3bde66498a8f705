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

for (const [kind, what] of [['new', 'is listed, sorted and planned'], ['gone', 'that only the target still has is planned']]) {
  test(`sync: a folder of many files ${what} in a small heap`, async () => {
    const { stdout } = await run(process.execPath, [`--max-old-space-size=${HEAP_MB}`, PROGRAM, String(COUNT), kind]);
    assert.equal(stdout, `${COUNT}\n`);
  });
}
