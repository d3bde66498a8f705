// Ctrl-C while a command works.
import process from 'node:process';
import { EXIT, Failure } from './failure.js';

/** Makes a signal that Ctrl-C aborts, until `release` is called. */
export function interruptible() {
  const controller = new AbortController();
  const stop = () => controller.abort(new Failure('Interrupted', { exitCode: EXIT.interrupted, code: 'INTERRUPTED' }));
  process.once('SIGINT', stop);
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release: () => void process.off('SIGINT', stop),
  };
}
