/**
 * A dialog and an element that let people choose files of a Media Manager: in the browser, on a server, or of a Wix site.
 *
 * @example
 * ```ts
 * import { openMediaManager } from 'wix-media.v2/picker';
 *
 * const chosen = await openMediaManager({ category: 'IMAGE' });
 * if (chosen) console.log(chosen.items[0].url);
 * ```
 *
 * @packageDocumentation
 */
import type { Client, FileDescriptor, MediaManager } from './index.js';

/** What to choose from. Wix's dashboard has the same categories. */
export type MediaCategory = 'IMAGE' | 'VIDEO' | 'MUSIC' | 'DOCUMENT' | 'VECTOR_ART' | '3D_IMAGE';

/** Options of {@link openMediaManager}. The first two are those of Wix's dashboard. */
export interface MediaManagerPickerOptions {
  /** The files to choose from. Default: all but those of `3D_IMAGE`. */
  category?: MediaCategory;
  /** Whether several files can be chosen. Default: `false`. */
  multiSelect?: boolean;
  /** Whose files they are. Default: those of the functions that are imported directly, which `configure` sets. */
  client?: Client;
  /** A Media Manager in this page, in place of `client`. */
  manager?: MediaManager;
  /** Id of the folder that is shown first. Default: `media-root`. */
  folder?: string;
  /** Narrows the files further, as the attribute of a file input does: `image/png,.pdf`. */
  accept?: string;
  /** Shows only files that have all of these labels, and gives them to those that are uploaded. */
  labels?: string[];
  /** Heading of the dialog. Default: by category, such as `Choose an image`. */
  heading?: string;
  /** Closes the dialog. The promise rejects with the reason. */
  signal?: AbortSignal;
}

/** What was chosen. */
export interface ChosenMedia {
  /** The files, in the order in which they were chosen. */
  items: FileDescriptor[];
}

/**
 * Opens the Media Manager in a dialog, as `openMediaManager` of Wix's dashboard does.
 *
 * @param options Which files, how many, and whose.
 * @returns What was chosen, or `undefined` when the dialog is closed without a choice.
 * @throws {WixMediaError} `INVALID_ARGUMENT` for an unknown option or an invalid value, `NOT_SUPPORTED` outside a web page,
 * `MODULE_NOT_LOADED` when a file of the package cannot be loaded. Failures of calls are shown in the dialog.
 * @example
 * ```ts
 * const chosen = await openMediaManager({ category: 'VIDEO', multiSelect: true });
 * for (const { displayName } of chosen?.items ?? []) console.log(displayName);
 * ```
 */
export declare function openMediaManager(options?: MediaManagerPickerOptions): Promise<ChosenMedia | undefined>;

/** Events of {@link WixMediaPicker}. */
export interface WixMediaPickerEvents extends HTMLElementEventMap {
  /** Files were chosen. */
  pick: CustomEvent<ChosenMedia>;
  /** The dialog was closed without a choice. */
  cancel: Event;
}

/**
 * The element `<wix-media-picker>`. With the attribute `inline` it shows the Media Manager where it stands; without, it shows
 * nothing until {@link WixMediaPicker.open}. Its properties are the options of {@link openMediaManager}. Those that are
 * attributes too are `category`, `multi-select`, `folder`, `accept`, `labels` (separated by commas) and `heading`.
 */
export declare class WixMediaPicker extends HTMLElement {
  /** The files to choose from. */
  category: MediaCategory | undefined;
  /** Whether several files can be chosen. */
  multiSelect: boolean;
  /** Whether the Media Manager is shown where the element stands. */
  inline: boolean;
  /** Whose files they are. */
  client: Client | undefined;
  /** A Media Manager in this page, in place of `client`. */
  manager: MediaManager | undefined;
  /** Id of the folder that is shown first. */
  folder: string | undefined;
  /** Narrows the files further. */
  accept: string | undefined;
  /** Shows only files that have all of these labels. */
  labels: string[];
  /** Heading. */
  heading: string | undefined;
  /**
   * Opens the Media Manager in a dialog. While it is open, further calls return the same promise.
   *
   * @param options A signal that closes it.
   * @returns What was chosen, or `undefined` when the dialog is closed without a choice.
   * @throws {WixMediaError} As {@link openMediaManager} does.
   */
  open(options?: { signal?: AbortSignal }): Promise<ChosenMedia | undefined>;
  /** Closes the dialog without a choice. */
  close(): void;
  addEventListener<Name extends keyof WixMediaPickerEvents>(
    type: Name,
    listener: (this: WixMediaPicker, event: WixMediaPickerEvents[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'wix-media-picker': WixMediaPicker;
  }
}
