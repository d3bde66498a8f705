import type { CallOptions } from './calls.js';
import type { FileDescriptor } from './files/descriptor.js';
import type { Folder } from './folders/folder.js';

// ---------------------------------------------------------------------------------------------------------------------
// Paths
// ---------------------------------------------------------------------------------------------------------------------

/** Options of the functions for paths. */
export interface PathOptions extends CallOptions {
  /** Id of the folder in which paths begin. Default: `media-root`. */
  parentFolderId?: string;
}

/** A file at its path. */
export interface FileEntry {
  /** It is a file. */
  kind: 'file';
  /** Its path. */
  path: string;
  /** Its id. */
  id: string;
  /** The file. */
  file: FileDescriptor;
}

/** A folder at its path. */
export interface FolderEntry {
  /** It is a folder. */
  kind: 'folder';
  /** Its path. */
  path: string;
  /** Its id. */
  id: string;
  /** The folder. */
  folder: Folder;
}

/** A folder with what is in it. */
export interface FolderTree {
  /** Its path. */
  path: string;
  /** The folder. */
  folder: Folder;
  /** Its sub-folders. */
  folders: FolderTree[];
  /** Its own files. */
  files: FileDescriptor[];
  /** Files in it, at every depth that was read. */
  fileCount: number;
  /** Bytes of these files. */
  sizeInBytes: number;
}

/**
 * Folders and files by their paths, such as `/Animals/Foxes/red.jpg`. Names count as they are written; of several items of
 * one name it is the oldest. Loaded with the first use.
 *
 * @example
 * ```ts
 * const { id } = await paths.ensure('/Animals').then(({ _id }) => ({ id: _id }));
 * ```
 */
export declare namespace paths {
  /**
   * What is at a path. A folder goes before a file of the same name; a path that ends in `/` is that of a folder.
   *
   * @param path The path.
   * @throws {WixMediaError} `PATH_NOT_FOUND`, which names the segment that is missing.
   * @example
   * ```ts
   * const found = await paths.resolve('/Animals');
   * if (found.kind === 'folder') console.log(found.folder._id);
   * ```
   */
  export function resolve(path: string, options?: PathOptions): Promise<FileEntry | FolderEntry>;

  /**
   * The folder at a path; what is missing of it is made, once, also by calls side by side.
   *
   * @param path The path.
   * @example
   * ```ts
   * const folder = await paths.ensure('/Animals/Foxes');
   * ```
   */
  export function ensure(path: string, options?: PathOptions): Promise<Folder>;

  /**
   * Everything below a folder: each folder before what is in it, in the order of names.
   *
   * @param path Path of the folder. Default: `/`.
   * @throws {WixMediaError} `PATH_NOT_FOUND`.
   * @example
   * ```ts
   * for await (const entry of paths.walk('/Animals', { depth: 2 })) console.log(entry.path);
   * ```
   */
  export function walk(
    path?: string,
    options?: PathOptions & { depth?: number },
  ): AsyncIterable<(FileEntry | FolderEntry) & { depth: number }>;

  /**
   * A folder with everything in it, down to a depth, with counts and sizes.
   *
   * @param path Path of the folder. Default: `/`.
   * @throws {WixMediaError} `PATH_NOT_FOUND`.
   * @example
   * ```ts
   * const { fileCount, sizeInBytes } = await paths.tree('/', { depth: 2 });
   * ```
   */
  export function tree(path?: string, options?: PathOptions & { depth?: number }): Promise<FolderTree>;
}
