// Types of the modules that the build makes: the bindings of the WebAssembly modules, and the tables of the crate.

declare module '#client-glue' {
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function __wbg_reset_state(): void;
  /** The URL and init of a request; `operation` is its number in the operations table. */
  export function prepare(
    operation: number,
    args: string,
    baseUrl: string,
  ): [url: string, init: { method: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal }];
  /** The value of an answer, and the paths of what JSON cannot hold. */
  export function receive(
    operation: number,
    response: { status: number; statusText: string; headers: object },
    body: Uint8Array,
  ): [value: any, dates: (string | null)[][], specials: (string | null)[][]];
  /** Milliseconds until the next try, negative for none. */
  export function retryDelay(
    operation: number,
    attempt: number,
    status: number,
    isUnsent: boolean,
    retryAfter: number,
    random: number,
  ): number;
  /** An event, in the form of `receive`. */
  export function event(text: string): [value: any, dates: (string | null)[][], specials: (string | null)[][]];
}

declare module '#transfers-glue' {
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function __wbg_reset_state(): void;
  export function newUpload(length: number, chunk: number, maxAttempts: number, firstDelay: number, maxDelay: number): Float64Array;
  export function stepUpload(
    numbers: ArrayLike<number>,
    event: number,
    first: number,
    second: number,
    random: number,
  ): Float64Array;
  export function chooseType(mime: string, name: string, first: Uint8Array): string;
  export function updateMd5(state: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  export function finishMd5(state: Uint8Array): string;
}

declare module '#manager-glue' {
  export default function instantiate(module: WebAssembly.Module): import('./manager/internal.js').ManagerCore;
}

declare module '#images-glue' {
  export default function instantiate(module: WebAssembly.Module): import('./manager/internal.js').ImagesCore;
}

declare module '#jxl-glue' {
  export default function instantiate(module: WebAssembly.Module): import('./manager/internal.js').FormatCore;
}

declare module '#svg-glue' {
  export default function instantiate(module: WebAssembly.Module): import('./manager/internal.js').FormatCore;
}

declare module '#tiff-glue' {
  export default function instantiate(module: WebAssembly.Module): import('./manager/internal.js').FormatCore;
}

declare module '#operations' {
  /** `[group, name, number of arguments, member to unwrap, list, paging]`, at the number of each operation. */
  export const operations: [
    group: 'files' | 'folders',
    name: string,
    count: number,
    unwrap: string | null,
    list: string,
    paging: '' | 'cursor' | 'query',
  ][];
  export const enums: Record<'files' | 'folders', Record<string, Record<string, string>>>;
}

declare module '#file-types' {
  /** A line for each MIME type, with its extensions. */
  export const FILE_TYPES: string;
}

declare module '#tus' {
  export const EVENT: Record<
    | 'START'
    | 'URL_RECEIVED'
    | 'CREATED'
    | 'OFFSET'
    | 'FINALISED'
    | 'NOT_FOUND'
    | 'REJECTED'
    | 'NO_RESPONSE'
    | 'WAIT_OVER'
    | 'PAUSE'
    | 'RESUME'
    | 'CANCEL',
    number
  >;
  export const ACTION: Record<
    | 'REQUEST_URL'
    | 'CREATE'
    | 'QUERY_OFFSET'
    | 'SEND'
    | 'FINALISE'
    | 'LOOK_UP'
    | 'WAIT'
    | 'TERMINATE'
    | 'IDLE'
    | 'FINISH'
    | 'FAIL'
    | 'REJECT_OFFSET',
    number
  >;
  /** The place of the confirmed offset among the numbers of an upload. */
  export const CHUNK: number;
  export const OFFSET: number;
}

declare module '#package/client.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '#package/manager.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '#package/images.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '#package/jxl.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '#package/svg.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '#package/tiff.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '#package/transfers.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '#package/manager-worker.js.txt' {
  const text: string;
  export default text;
}

declare module '#package/www/policy.js' {
  export function contentSecurityPolicy(importMapHash?: string, options?: { header?: boolean; frames?: readonly string[] }): string;
}

declare module '#version' {
  export const VERSION: string;
}
