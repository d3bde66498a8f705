import type { CheckReport, Client, DamageReport, FileDamage, FileDescriptor, Folder, MediaManager } from '../types/index.js';

export type { CheckReport, Client, DamageReport, FileDamage, FileDescriptor, Folder, MediaManager };

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
  /** The values that a flag may be given, as in `--delete=permanent`. */
  variants?: string[];
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
  /** What the help explains below the options. */
  notes?: string;
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
  connect(rights?: { mayCreate?: boolean }): Promise<Place>;
  /** Lets the command go on when nobody reads its output any more. */
  outliveReader(): void;
}

/** Where a command works. */
export interface Place {
  client: Client;
  /** What questions call it. */
  name: string;
  /** Sends a request to the router of `/_wix-media/`. A Wix site has none. */
  administer?(path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
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
  /** What the guard has decided; undefined where the request could not be read. */
  verdict?: Verdict;
  /** Lets go of the request's body. */
  leave(): void;
  /** Ends the request's body with an error, for whoever reads it. */
  fail?(error: unknown): void;
  /** Whether it was ended because its other end was too slow. */
  isSlow?: boolean;
}

/** What the guard sees of a request. */
export interface Asked {
  method: string;
  /** The path of the request line, normalized as in a URL. */
  path: string;
  /** Header fields by their names in lower case; several values of one field are joined, also those of Host. */
  headers: Record<string, string | undefined>;
  /** The address at the other end of the connection. */
  peer: string;
  /** The address and port at this end, as a host of URLs. */
  local: string;
}

/** What the owner of a server allows beside this machine. */
export interface GuardSettings {
  /** Names by which the server may be called. */
  hosts?: readonly string[];
  /** Origins whose pages may call the server; `*` stands for all. */
  origins?: readonly string[];
  /** Origins whose pages may show the page of the server in a frame. */
  frames?: readonly string[];
  /** Whether other machines may connect. */
  isOpen?: boolean;
  /** Whether an address is that of a proxy whose `X-Forwarded-Host` and `-Proto` count. */
  isProxy?(address: string): boolean;
}

/** Whose pages may ask for something: see the table of areas. */
export type Audience = 'anyone' | 'neighbours' | 'self';

/** The page that a request comes from. `none` is a program, or a person who typed the address. */
export type Page = 'none' | 'self' | 'listed' | 'neighbour' | 'stranger';

/** The refusal of a request. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

/** A request that may be answered. */
export interface Admitted {
  refusal?: undefined;
  /** The host and port by which the server was called. */
  host: string;
  /** What URLs of the request begin with. */
  base: string;
  audience: Audience;
  /** Whether a browser might run the answer as a script of the server's own page. */
  mayRun: boolean;
  /** The listed origin that needs permission to read the answer. */
  cors?: string;
}

/** What the guard decides. */
export type Verdict = Admitted | { refusal: Refusal };
