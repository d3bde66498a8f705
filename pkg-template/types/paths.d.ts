import type { CallOptions } from './calls.js';
import type { StoredFile } from './files/descriptor.js';
import type { StoredFolder } from './folders/folder.js';

// ---------------------------------------------------------------------------------------------------------------------
// Paths
// ---------------------------------------------------------------------------------------------------------------------

/** Options of path functions. */
export interface PathOptions extends CallOptions {
  /** Id of the folder at which paths start. Default: `media-root`. */
  parentFolderId?: string;
}

/** A file at its path. */
export interface FileEntry {
  /** Marks a file. */
  kind: 'file';
  /** Its path. */
  path: string;
  /** Its id. */
  id: string;
  /** The file. */
  file: StoredFile;
}

/** A folder at its path. */
export interface FolderEntry {
  /** Marks a folder. */
  kind: 'folder';
  /** Its path. */
  path: string;
  /** Its id. */
  id: string;
  /** The folder. */
  folder: StoredFolder;
}

/** A folder with its content. */
export interface FolderTree {
  /** Its path. */
  path: string;
  /** The folder. */
  folder: StoredFolder;
  /** Its subfolders. */
  folders: FolderTree[];
  /** Files directly in the folder. */
  files: StoredFile[];
  /** Number of files below it, at every depth that was read. */
  fileCount: number;
  /** Total size of these files in bytes. */
  sizeInBytes: number;
}

/**
 * Files and folders by their paths, such as `/Animals/Foxes/red.jpg`. Names are case-sensitive. If several items have the
 * same name, the oldest is used. The code is loaded by the first call.
 *
 * @example
 * ```ts
 * const { id } = await paths.ensure('/Animals').then(({ _id }) => ({ id: _id }));
 * ```
 */
export declare namespace paths {
  /**
   * Resolves a path. A folder takes precedence over a file of the same name; a path that ends in `/` is a folder.
   *
   * @param path The path.
   * @throws {WixMediaError} `PATH_NOT_FOUND`, which names the missing segment.
   * @example
   * ```ts
   * const found = await paths.resolve('/Animals');
   * if (found.kind === 'folder') console.log(found.folder._id);
   * ```
   */
  export function resolve(path: string, options?: PathOptions): Promise<FileEntry | FolderEntry>;

  /**
   * Returns the folder at a path, and creates missing folders. Concurrent calls create them only once.
   *
   * @param path The path.
   * @example
   * ```ts
   * const folder = await paths.ensure('/Animals/Foxes');
   * ```
   */
  export function ensure(path: string, options?: PathOptions): Promise<StoredFolder>;

  /**
   * Iterates over everything below a folder, by name, each folder before its content.
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
   * Returns a folder with its content down to a depth, with counts and sizes.
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
