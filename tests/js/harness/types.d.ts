// Types that several parts of the harness share.

/** Something that closes things at its end: a test, or the leftovers of a suite. */
export interface Closing {
  after(close: () => unknown): void;
}

/** A rejection of `fetch`; without a name `value` itself is what it rejects with. */
export interface NetworkError {
  name?: string;
  message?: string;
  props?: object;
  cause?: { message: string; code?: string };
  value?: unknown;
}

/** A canned answer, in the form that the vectors record. */
export interface Answer {
  status?: number;
  statusText?: string;
  headers?: Record<string, string>;
  body?: unknown;
  rawBody?: string;
  bytes?: Uint8Array<ArrayBuffer>;
  networkError?: NetworkError;
}

/** A request as `cannedFetch` and the vectors record it. */
export interface RecordedRequest {
  method?: string;
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | null;
  /** Whether nothing in the path is encoded. */
  rawPath?: boolean;
}

/** The name and arguments of a call of the query builder, or of what it gives. */
export type Link = [name: string, ...args: unknown[]];

/** A call of a client, by names. */
export interface Call {
  api: string;
  method: string;
  args: unknown[];
  chain?: Link[];
}

/** What came of a call. */
export interface Outcome {
  result?: unknown;
  error?: any;
}

/** Credentials of a vector. */
export interface VectorClient {
  apiKey: string;
  siteId?: string;
  accountId?: string;
  headers?: Record<string, string>;
}

/** A recorded call with its answers. */
export interface Vector extends Call {
  id: string;
  name: string;
  file: string;
  client: VectorClient;
  tags: string[];
  steps?: Call[];
  responses?: Answer[];
  response: Answer;
  expect: Recording;
}

/** What the official SDK did in a vector: its requests, and its outcome, or one for each step. */
export interface Recording extends Outcome {
  request?: RecordedRequest;
  requests?: RecordedRequest[];
  results?: Outcome[];
}

/** A call with its answers, as the oracle and the vectors judge it. */
export interface Case extends Call {
  credentials?: VectorClient;
  answers: Answer[];
}

/** A fetch function that takes strings only, as the clients call it. */
export type ScriptedFetch = (url: any, init?: any) => Promise<Response>;

declare global {
  interface RequestInit {
    /** Node requires it for a body that is a stream. */
    duplex?: 'half';
  }
}
