// What ends a command, and with which exit code.

/** 0: done. 1: it could not be done. 2: the command line makes no sense. 130: Ctrl-C, as shells have it. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 };

/** Something that its message explains completely: no stack is shown. */
export class Failure extends Error {
  name = 'Failure';

  constructor(message, { exitCode = EXIT.failed, code = 'FAILED', cause } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
    this.code = code;
  }
}

/** A command line that cannot be understood; `command` is the one whose help says how it is meant. */
export class UsageError extends Failure {
  name = 'UsageError';

  constructor(message, command) {
    super(message, { exitCode: EXIT.usage, code: 'USAGE' });
    this.command = command;
  }
}
