// Other processes for tests of locks: programs that are told what to do line by line.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @import { Closing } from '../harness/types.d.ts' */

/** Runs a program in a PID namespace of its own, as a container does. */
export const APART = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** Why programs cannot run apart here; false if they can. */
export function whyNotApart() {
  try {
    execFileSync(APART[0], [...APART.slice(1), 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs unshare and the right to use it';
  }
}

/**
 * Starts a program, an ECMAScript module. It reads lines with `next()`, which resolves to undefined at the end, and answers
 * with `tell(value)`.
 *
 * @param {Closing} t
 * @param {string} program
 * @param {{ before?: string[] }} [options] `before` is the command that runs it.
 */
export function start(t, program, { before = [] } = {}) {
  const prelude = `
    import { createInterface } from 'node:readline';
    const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value;
    const tell = (value) => process.stdout.write(JSON.stringify(value) + '\\n');`;
  const words = [...before, process.execPath, '--input-type=module', '--eval', `${prelude}\n${program}`];
  const child = spawn(words[0], words.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.on('exit', resolve));
  t.after(() => {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    return ended;
  });
  return {
    child,
    /** What it tells next. */
    async heard() {
      const { value } = await said.next();
      return value === undefined ? undefined : JSON.parse(value);
    },
    /**
     * Tells it something, and resolves to its answer.
     *
     * @param {string} line
     */
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return this.heard();
    },
    /** Stops it as Ctrl-Z does, and waits until it stands still. */
    async stop() {
      child.kill('SIGSTOP');
      while (!/\) [Tt] /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) await new Promise(setImmediate);
    },
    resume: () => child.kill('SIGCONT'),
    /** @param {NodeJS.Signals} signal */
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}
