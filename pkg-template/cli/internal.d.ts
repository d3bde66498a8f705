import type { Client, FileDescriptor, Folder, MediaManager } from '../types/index.js';

export type { Client, FileDescriptor, Folder, MediaManager };

/** An option of a command. */
export interface OptionRow {
  name: string;
  /** One letter. */
  short?: string;
  /** What stands for its value in the help; without it the option takes none. */
  value?: string;
  /** What completions offer for the value. */
  kind?: 'directory' | 'file';
  choices?: string[];
  isRepeated?: boolean;
  about: string;
}

/** A command. */
export interface CommandRow {
  about: string;
  /** Its arguments: `...` may be repeated, `[ ]` may be left out. */
  words: string[];
  options: OptionRow[];
  /** Whether it works on a Media Manager, and so takes the options that name one. */
  isRemote?: boolean;
  /** Command lines, and what each does. */
  examples: [line: string, does: string][];
}

/** A command line that has been understood. */
export interface Parsed {
  /** Undefined where only help or the version is asked for. */
  command?: string;
  words: string[];
  /** The values of options, by their names in camel case. */
  options: Record<string, any>;
}

/** Functions that colour a text, or leave it alone. */
export type Paint = Record<'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'blue', (text: unknown) => string>;

/** Where the output of a command goes; its `write` is all that commands need. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** What a command works with. */
export interface Context {
  words: string[];
  options: Record<string, any>;
  /** How this program was called. */
  program: string;
  env: Record<string, string | undefined>;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: Output;
  stderr: Output & NodeJS.WritableStream;
  /** Prints a line of the result. */
  print(text?: string): void;
  /** Prints a line that is not part of the result. */
  note(text?: string): void;
  paint: Paint;
  /** Connects to the place that the options name. */
  connect(): Promise<Place>;
}

/** Where a command works. */
export interface Place {
  client: Client;
  /** What questions call it. */
  name: string;
  close(): void | Promise<void>;
}

/** A file or folder, as a line of a table or an entry of `--json` is made of it. */
export interface Item {
  kind: 'file' | 'folder';
  id: string;
  name: string;
  /** Undefined where it is not below the top of the site. */
  path?: string;
  file?: FileDescriptor;
  folder?: Folder;
}

/** A column of a table. */
export interface Column {
  title: string;
  align?: 'right';
}

/** One request and its answer, over Node's HTTP server. */
export interface Exchange {
  incoming: import('node:http').IncomingMessage;
  outgoing: import('node:http').ServerResponse;
  /** When it began, by `performance.now()`. */
  started: number;
  /** Bytes of the bodies. */
  received: number;
  sent: number;
  response?: Response;
  error?: unknown;
  /** Lets go of the request's body. */
  leave(): void;
}
