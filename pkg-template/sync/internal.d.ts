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
  /** Of a file, it changes with the content. Of a folder, it stays the same when that is renamed; empty if nothing does. */
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
  /** 1 for a folder. */
  d?: 1;
  /** The MD5 digest of a file. */
  h?: string;
  /** The labels of a file, if both sides have labels. */
  l?: string[];
  /** The whole name, if the path does not tell it. */
  n?: string;
}

/** What tells the successor of a file that is being replaced from other files of its name. */
export interface Retirement {
  /** The id of the successor, once an answer has told it. Nothing else counts then. */
  by?: string;
  /** The size of the successor. */
  size?: number;
  /** The MD5 digest of the successor, if it is known. */
  hash?: string;
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

/** A place of a pair: `from` or `to`. */
export type Side = 'source' | 'target';

/** One direction of a run. A run in both ways has two, with `source` and `target` swapped. */
export interface Half {
  source: Place;
  target: Place;
  /** Versions in the order of the journal. */
  versions(source: Entry, target: Entry): [string, string];
}

/** Two open places. */
export interface Pair extends Half {
  journal: import('./journal.js').Journal;
  /** The places of the sides in the versions of records. */
  index: Record<Side, number>;
  isSame(source: Entry, target: Entry, record: JournalRecord | undefined): Promise<{ isSame: boolean; hash?: string }>;
  /** Whether a file has the content that the journal has of it. */
  isUnchanged(side: Side, entry: Entry, record: JournalRecord): Promise<boolean>;
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
  /** The path of the entry and of the record before the move of a folder that holds them. */
  before?: string;
  /** The folder itself that is to be moved, as it is now, and where. */
  moved?: { side: Side; entry: Entry };
}

/** A step of a plan. */
export interface Step {
  action: SyncAction['action'] | 'keep' | 'forget' | 'fail' | 'skip' | 'clear' | 'carry';
  /** What it changes: the target, unless a run goes both ways. */
  side?: Side;
  path: string;
  /** The path before the move of a folder that holds it. */
  before?: string;
  /** The record of a kept or deleted item, which changes with it. */
  record?: JournalRecord;
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
  /** Stores a file. `old` is the one that it replaces, which goes to the trash or is deleted. Durable bytes survive a loss of power. */
  store(entry: Entry, taken: Taken, old: Entry | undefined, transfer: Transfer & { isPermanent: boolean; isDurable: boolean }): Promise<Entry>;
  /** Gives a file another path, and the name and the labels of `entry`. */
  move(old: Entry, entry: Entry): Promise<Entry>;
  /** Gives a folder another path, with all that is in it. */
  moveFolder(old: Entry, entry: Entry): Promise<Entry>;
  /**
   * Deletes items, which go to the trash unless that is permanent. Folders that are not empty stay if they must be empty. Returns
   * how many folders stay, for each of the entries of which any does. After a failure, a call with the same entries goes on.
   */
  remove(entries: Entry[], options: { isPermanent: boolean; mustBeEmpty: boolean }): Promise<Map<Entry, number>>;
  /** Deletes what `store` has replaced. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a listing needs. */
export interface ListOptions {
  signal: AbortSignal;
  order(path: string): string;
  isFolded: boolean;
  /** Files that are being replaced, by their ids: they are not listed where their successor is. */
  retiring: ReadonlyMap<string, Retirement>;
  /** Whether entries have what a manifest holds of them. */
  isDetailed: boolean;
  /** The numbers of files by their ids, where a folder has several of one name. */
  pins: ReadonlyMap<string, number>;
  /** A folder for rows that are too many for the memory. */
  scratch: string;
}
