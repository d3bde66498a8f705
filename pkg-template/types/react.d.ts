/**
 * Hooks and components for React 18 and later.
 *
 * @example
 * ```tsx
 * import { useFiles, useUploads, WixImage } from 'wix-media.v2/react';
 *
 * export function Gallery() {
 *   const { files, reload } = useFiles({ mediaTypes: ['IMAGE'] });
 *   const { upload } = useUploads();
 *   return (
 *     <>
 *       <input type="file" multiple onChange={({ target }) => upload(target.files ?? []).then(reload)} />
 *       {files.map((file) => <WixImage key={file._id} src={file.url} alt={file.displayName} width={300} height={200} />)}
 *     </>
 *   );
 * }
 * ```
 *
 * @packageDocumentation
 */
import type { ForwardRefExoticComponent, ImgHTMLAttributes, ReactElement, ReactNode, RefAttributes } from 'react';
import type { Client, ListFilesOptions, MediaManager, SearchFilesOptions, StoredFile, UploadOptions, UploadSource, media } from './index.js';

/** Properties of {@link WixMediaProvider}. */
export interface WixMediaProviderProps {
  /** Whose files they are. Default: the client of `manager`, or the functions that are imported directly. */
  client?: Client;
  /** A Media Manager in this page, whose images are loaded through it. */
  manager?: MediaManager;
  /** Beginning of the URLs of images, as in {@link media.ImageOptions}. Needed for a Media Manager of your own on a server. */
  baseHostURL?: string;
  /** The components that use it. */
  children?: ReactNode;
}

/**
 * Chooses the client of the hooks and components below it. Without a provider they use the functions that are imported
 * directly, which `configure` sets.
 *
 * @example
 * ```tsx
 * const client = createClient({ baseUrl: '/api/wix' });
 * root.render(<WixMediaProvider client={client}><App /></WixMediaProvider>);
 * ```
 */
export declare function WixMediaProvider(props: WixMediaProviderProps): ReactElement;

/** Returns the client of the provider. */
export declare function useWixMedia(): Client;

/** Options of {@link useFiles}: those of `files.listFiles`, or with `search` those of `files.searchFiles`. */
export type UseFilesOptions = ListFilesOptions | (SearchFilesOptions & { search: string });

/** What {@link useFiles} returns. */
export interface FileList {
  /** The files of all pages that have been loaded. Those of the previous options stay until the first page has arrived. */
  files: StoredFile[];
  /** Whether a page is being loaded. */
  isLoading: boolean;
  /** Whether there is a further page. */
  hasMore: boolean;
  /** Why the last page could not be loaded, usually a {@link WixMediaError}. `loadMore` tries again. */
  error: unknown;
  /** Loads the next page. Does nothing while a page is being loaded, and after the last one. */
  loadMore: () => void;
  /** Loads the first page again, for example after an upload. */
  reload: () => void;
}

/**
 * Lists or searches files page by page. New options start a new list and cancel calls under way. Compares options by
 * their JSON, so you need not memoise them.
 *
 * @example
 * ```tsx
 * const { files, hasMore, loadMore } = useFiles({ parentFolderId: folderId, paging: { limit: 20 } });
 * ```
 */
export declare function useFiles(options?: UseFilesOptions): FileList;

/** An upload of {@link useUploads}. */
export interface TrackedUpload {
  /** Number of the upload, for `retry`, `cancel` and React's `key`. */
  key: number;
  /** Name of the file, if its source has one. */
  name?: string;
  /** Whether it waits for others, is under way, or how it ended. */
  status: 'waiting' | 'uploading' | 'done' | 'failed' | 'cancelled';
  /** Bytes sent to the network. */
  sent: number;
  /** Bytes confirmed by the service. */
  confirmed: number;
  /** Total bytes; undefined for a stream of unknown length. */
  total?: number;
  /** The new file, once it is done. */
  file?: StoredFile;
  /** Why it failed, usually a {@link WixMediaError}. */
  error?: unknown;
}

/** What {@link useUploads} returns. */
export interface Uploads {
  /** The uploads of this component, in order. Those that have ended stay until `clear`. */
  uploads: TrackedUpload[];
  /** Whether one of them has not ended. */
  isUploading: boolean;
  /** Confirmed bytes of all that did not fail, from 0 to 1; undefined while their sizes are unknown, and without uploads. */
  progress: number | undefined;
  /**
   * Uploads one source or several. Options override those of the hook. Resolves once all of them have ended, and never
   * rejects: `status` and `error` tell how each one ended.
   */
  upload: (sources: UploadSource | Iterable<UploadSource>, options?: UploadOptions) => Promise<TrackedUpload[]>;
  /** Uploads a failed or cancelled one again. */
  retry: (key: number) => void;
  /** Cancels one upload, or all of them. */
  cancel: (key?: number) => void;
  /** Removes uploads that have ended from the list. */
  clear: () => void;
}

/**
 * Uploads files and reports their progress, four at a time. When the component is unmounted, uploads under way are cancelled.
 *
 * @param options Options of `uploads.upload` for all uploads of this component.
 * @example
 * ```tsx
 * const { uploads, upload, cancel } = useUploads({ path: '/Holidays', onDuplicate: 'reuse' });
 * ```
 */
export declare function useUploads(options?: UploadOptions): Uploads;

/** Properties of {@link WixImage}, in addition to those of an `img`, which are passed on. */
export interface WixImageProps extends Omit<ImgHTMLAttributes<HTMLImageElement>, 'src' | 'srcSet' | 'alt' | 'width' | 'height' | 'sizes'> {
  /** Identifier of an image, such as `wix:image://v1/…`, or its URL. Other URLs are shown as they are. */
  src: string;
  /** Text for those who cannot see the image; empty for a decoration. */
  alt: string;
  /** Width of the box in CSS pixels. */
  width: number;
  /** Height of the box in CSS pixels. */
  height: number;
  /** Whether the image fills the box and is cropped, or fits into it as a whole. Default: `fill`. */
  fit?: 'fill' | 'fit';
  /** Width of the image in the layout, such as `(max-width: 600px) 100vw, 600px`, if that is not `width`. */
  sizes?: string;
  /** How the image is encoded and edited. The device pixel ratio is that of `srcset`. */
  options?: Omit<media.ImageOptions, 'devicePixelRatio'>;
}

/**
 * An `img` in the sizes that the page needs, with `srcset`: for screens with one and two device pixels to a pixel, or with `sizes`
 * for layouts of any width, never larger than the original. The markup is the same on the server and in the browser. Loading is
 * lazy unless you pass `loading="eager"`.
 *
 * @example
 * ```tsx
 * <WixImage src={file.media.image.image} alt={file.displayName} width={600} height={400} sizes="(max-width: 600px) 100vw, 600px" />
 * ```
 */
export declare const WixImage: ForwardRefExoticComponent<WixImageProps & RefAttributes<HTMLImageElement>>;
