import type { SyncAction } from '../types/sync.js';

export type {
  Client,
  MediaManager,
  SyncAction,
  SyncFailure,
  SyncOptions,
  SyncPlace,
  SyncReport,
  VerifyDifference,
  VerifyOptions,
  VerifyReport,
} from '../types/sync.js';


/** A file or folder of a place, as its listing gives it. */
export interface Entry {
  /** The keys of its folders and its own, joined by `/`. */
  path: string;
  kind: 'file' | 'folder';
  /** Its whole name. */
  name: string;
  /** Bytes; 0 for a folder. */
  size: number;
  /** Changes with the content. Empty for a folder. */
  version: string;
  /** When its content was written, in milliseconds. */
  modified: number;
  /** Its path on the disk below the place, for a file of this machine. */
  at?: string;
  /** Whether `name` was shortened, and is not known whole. */
  isShortened?: boolean;
  /** Its id in the Media Manager. */
  id?: string;
  /** Its hash in the Media Manager, which need not be MD5. */
  hash?: string;
  labels?: string[];
  isPrivate?: boolean;
  /** Its URL, and what else a manifest holds of a file. */
  details?: Record<string, unknown> & { url?: string };
  /** What it was in the Media Manager that a backup is of. */
  before?: { id: string; url?: string };
  /** Why it cannot be read. */
  failure?: { code: string; message: string };
  /** What it is, if it is not synchronised. */
  skipped?: string;
}

/** A file or folder that both sides have had, and in which version. */
export interface JournalRecord {
  /** The path. */
  p: string;
  /** The versions: that of the first place of the journal, and that of the other. */
  v: [string, string];
  /** The MD5 digest of a file. */
  h?: string;
  /** The whole name, if the path does not tell it. */
  n?: string;
}

/** A line of a manifest. */
export interface ManifestLine {
  path: string;
  kind: 'file' | 'folder';
  id: string;
  name: string;
  created: string;
  size?: number;
  hash?: string;
  labels?: string[];
  private?: boolean;
  url?: string;
}

/** A file or folder before and after its move to another Media Manager. */
export interface MapRow {
  order: string;
  path: string;
  from?: { id: string; url?: string };
  to: { id: string; url?: string };
}

/** Two open places. */
export interface Pair {
  source: Place;
  target: Place;
  journal: import('./journal.js').Journal;
  /** Versions in the order of the journal. */
  versions(source: Entry, target: Entry): [string, string];
  /** Whether the journal has the versions of the target first. */
  isTurned: boolean;
  isSame(source: Entry, target: Entry, record: JournalRecord | undefined): Promise<{ isSame: boolean; hash?: string }>;
  /** Everything that the places and the journal have; with the details of files only where they are needed. */
  triples(isDetailed?: boolean): AsyncGenerator<Triple, void, undefined>;
  order(path: string): string;
  /** A folder for what does not fit into the memory. */
  scratch: string;
  signal: AbortSignal;
}

/** A path that a side or the journal has. */
export interface Triple {
  path: string;
  source?: Entry;
  target?: Entry;
  record?: JournalRecord;
}

/** A step of a plan. */
export interface Step {
  action: SyncAction['action'] | 'keep' | 'forget' | 'fail' | 'skip' | 'clear';
  path: string;
  source?: Entry;
  target?: Entry;
  /** The MD5 digest of the content, if it is known. */
  hash?: string;
  /** Files, folders and bytes of a deletion. */
  files?: number;
  folders?: number;
  bytes?: number;
  failure?: { code: string; message: string };
  reason?: string;
  /** Whether a kept item is not in the journal yet, or with other versions. */
  isNew?: boolean;
}

/** The bytes of a file, as a file of this machine. */
export interface Taken {
  file: string;
  /** The MD5 digest, if reading the bytes has given it. */
  hash?: string;
  /** Whether the file was made for the transfer, and may be moved or deleted. */
  isScratch: boolean;
}

/** How a transfer is run. */
export interface Transfer {
  signal: AbortSignal;
  /** Called with the bytes that have been moved so far. */
  progress(bytes: number): void;
}

/** One side of a synchronisation. */
export interface Place {
  kind: 'folder' | 'site';
  /** How messages name it. */
  label: string;
  /** Tells it from others. */
  identity: string;
  /** Whether its names differ by more than the case of letters. */
  isFolded: boolean;
  /** Where it is on the disk, for checks of what contains what. */
  directory?: string;
  /** Makes its top folder, if it is missing. */
  prepare(): Promise<void>;
  /** Everything in it, in the order of paths. */
  list(options: ListOptions): AsyncGenerator<Entry, void, undefined>;
  /** The MD5 digest of a file, from its bytes. */
  digest(entry: Entry, signal: AbortSignal): Promise<string>;
  /** Brings the bytes of a file to this machine; `scratch` is a folder for them. */
  take(entry: Entry, scratch: string, transfer: Transfer): Promise<Taken>;
  /** A folder for the bytes that it will store, from which it can move them. */
  scratch?(): Promise<string>;
  /** Takes the journal of the run. */
  follow?(journal: import('./journal.js').Journal): void;
  /** Sets the labels of a file. */
  setLabels?(entry: Entry, labels: string[]): Promise<void>;
  makeFolder(entry: Entry): Promise<Entry>;
  /** Stores a file. `old` is the one that it replaces, which goes to the trash or is deleted. */
  store(entry: Entry, taken: Taken, old: Entry | undefined, transfer: Transfer & { isPermanent: boolean }): Promise<Entry>;
  /** Gives a file another path, and the name and the labels of `entry`. */
  move(old: Entry, entry: Entry): Promise<Entry>;
  /** Deletes items, which go to the trash unless that is permanent. */
  remove(entries: Entry[], isPermanent: boolean): Promise<void>;
  /** Deletes what `store` has replaced. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a listing needs. */
export interface ListOptions {
  signal: AbortSignal;
  order(path: string): string;
  isFolded: boolean;
  /** Ids of files that are being replaced: they are not listed where their successor is. */
  retiring: ReadonlySet<string>;
  /** Whether entries have what a manifest holds of them. */
  isDetailed: boolean;
  /** The numbers of files by their ids, where a folder has several of one name. */
  pins: ReadonlyMap<string, number>;
  /** A folder for rows that are too many for the memory. */
  scratch: string;
}
