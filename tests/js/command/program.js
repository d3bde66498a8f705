// The command as users have it: packed, installed into an empty project, and run by its name.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { project } from '../harness/tarball.js';

/** An empty project with the package in it; gives the path of the command. */
export async function install(closing) {
  const folder = await project(closing);
  return { folder, program: join(folder, 'node_modules/.bin/wix-media') };
}

/** The environment of a command: none of the credentials, colours and upload records of the person who runs the tests. */
const environment = (folder, env) => ({ PATH: process.env.PATH, HOME: folder, ...env });

/** Runs a command to its end: `{ code, signal, stdout, stderr }`. */
export function run({ folder, program }, args, { env, input = '', cwd = folder } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: environment(folder, env) });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
    child.stdin.end(input);
  });
}

/**
 * Starts `wix-media serve` on a free port and waits for its address. `end(signal)` sends the signal and resolves when it is
 * over; with the test it is over in any case.
 */
export function serve(closing, { folder, program }, args = [], { env } = {}) {
  const child = spawn(program, ['serve', '--port', '0', ...args], { cwd: folder, env: environment(folder, env) });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
  const over = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...text })));
  const end = (signal = 'SIGTERM') => {
    child.kill(signal);
    return over;
  };
  closing.after(() => end('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    over.then(({ code }) => reject(new Error(`serve ended with ${code}:\n${text.stdout}${text.stderr}`)));
    child.stdout.on('data', () => {
      const [, origin] = /(http:\/\/\S+:\d+)\/\n/.exec(text.stdout) ?? [];
      if (origin) resolve({ origin, text, end });
    });
  });
}
