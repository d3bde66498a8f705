// What the scenarios see of clients, managers and servers.
import type { Client, FileDescriptor, Folder, ManagerOptions, QueryFileDescriptorsResponse, QueryFoldersResponse } from '../harness/package.js';

/** A value with every member: the contract promises what the types of the API leave optional. */
export type Whole<T> = T extends Date | string | number | boolean | null | undefined
  ? NonNullable<T>
  : T extends (infer Item)[]
    ? Whole<Item>[]
    : T extends object
      ? { [Name in keyof T]-?: Whole<T[Name]> }
      : T;

/** The functions of an area. They take anything, since scenarios also pass what is refused. */
type Calls<Area> = {
  [Name in keyof Area]: Area[Name] extends (...args: any[]) => Promise<infer Result> ? (...args: any[]) => Promise<Whole<Result>> : Area[Name];
};

/** A page of the query builder. */
export interface QueryPage<Item> {
  items: Whole<Item>[];
  length: number;
  pageSize: number;
  cursors: { next: string; prev: string };
  hasNext(): boolean;
  hasPrev(): boolean;
  next(): Promise<QueryPage<Item>>;
  prev(): Promise<QueryPage<Item>>;
}

/** The query builder of either client. */
export interface Query<Item> {
  eq(name: string, value: unknown): Query<Item>;
  in(name: string, value: unknown): Query<Item>;
  ascending(...names: string[]): Query<Item>;
  descending(...names: string[]): Query<Item>;
  limit(limit: number): Query<Item>;
  skipTo(cursor: string): Query<Item>;
  find(): Promise<QueryPage<Item>>;
}

export type Files = Omit<Calls<Client['files']>, 'queryFileDescriptors'> & {
  queryFileDescriptors(): Query<FileDescriptor>;
  queryFileDescriptors(query: object): Promise<Whole<QueryFileDescriptorsResponse>>;
};

export type Folders = Omit<Calls<Client['folders']>, 'queryFolders'> & {
  queryFolders(): Query<Folder>;
  queryFolders(query: object): Promise<Whole<QueryFoldersResponse>>;
};

/** The official client, or ours. */
export interface ScenarioClient {
  files: Files;
  folders: Folders;
}

/** A manager in this process, or a server behind a URL: the members that scenarios use. */
export interface ScenarioManager {
  isRemote?: boolean;
  fetch(url: any, init?: RequestInit): Promise<Response>;
  clock: { advance(ms: number): Promise<unknown> };
  faults: { add(...faults: object[]): Promise<unknown>; clear(): Promise<unknown> };
  seed(entries: any): Promise<unknown>;
  /** Adds the events since the last time to a list. */
  settled?(heard: any[]): Promise<void>;
}

/** Makes a client of a manager. */
export type Connect = (manager: ScenarioManager, options?: { auth?: unknown }) => ScenarioClient;

/** The packages that clients are made of, which come from outside. */
export interface Libraries {
  media: any;
  sdk: any;
  tus: any;
  wixMedia: typeof import('../harness/package.js');
  zip: any;
}

/** Options for `createManager`, and what a server behind a URL may not have. */
export type ScenarioOptions = ManagerOptions & { needs?: ('clock' | 'long-urls')[] };

/** An answer of plain HTTP. */
export interface Reply {
  status: number;
  headers: Headers;
  body: any;
}
