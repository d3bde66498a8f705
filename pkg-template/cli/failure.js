// What ends a command, and with which exit code.

/** Exit codes: 0 done, 1 failed, 2 the command line is invalid, 3 done, but files are damaged, 130 Ctrl-C, as shells have it. */
export const EXIT = { done: 0, failed: 1, usage: 2, damaged: 3, interrupted: 130 };

/** A failure that its message explains completely: no stack is shown. */
export class Failure extends Error {
  name = 'Failure';

  /**
   * @param {string} message
   * @param {{ exitCode?: number, code?: string, cause?: unknown }} [members]
   */
  constructor(message, { exitCode = EXIT.failed, code = 'FAILED', cause } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
    this.code = code;
  }
}

/** An invalid command line. */
export class UsageError extends Failure {
  name = 'UsageError';

  /**
   * @param {string} message
   * @param {string} [command] The command whose help explains it.
   */
  constructor(message, command) {
    super(message, { exitCode: EXIT.usage, code: 'USAGE' });
    this.command = command;
  }
}
