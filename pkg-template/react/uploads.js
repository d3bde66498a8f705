// The uploads of a component, with their progress.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useWixMedia } from './provider.js';
import { UploadQueue } from './upload-queue.js';

/** @import { UploadSource } from '../types/index.js' */
/** @import * as declared from '../types/react.d.ts' */

/** @type {declared.TrackedUpload[]} */
const NONE = [];

/** @type {typeof declared.useUploads} */
export function useUploads(options) {
  const client = useWixMedia();
  const [queue] = useState(() => new UploadQueue());
  const uploads = useSyncExternalStore(queue.subscribe, queue.snapshot, () => NONE);
  useEffect(() => () => queue.cancel(), [queue]);
  // The options of the latest render, so that `upload` stays the same function.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const counted = uploads.filter(({ status }) => status !== 'failed' && status !== 'cancelled');
  const total = counted.reduce((sum, upload) => sum + (upload.total ?? 0), 0);
  const confirmed = counted.reduce((sum, upload) => sum + upload.confirmed, 0);
  return {
    uploads,
    isUploading: uploads.some(({ status }) => status === 'waiting' || status === 'uploading'),
    progress: total > 0 ? Math.min(1, confirmed / total) : undefined,
    upload: useCallback((sources, own) => queue.add(client, isMany(sources) ? sources : [sources], { ...latest.current, ...own }), [client, queue]),
    retry: useCallback((key) => queue.retry(key), [queue]),
    cancel: useCallback((key) => queue.cancel(key), [queue]),
    clear: useCallback(() => queue.clear(), [queue]),
  };
}

/**
 * Whether it is a list of sources, such as `input.files`. Bytes and strings are iterable too.
 *
 * @param {UploadSource | Iterable<UploadSource>} sources
 * @returns {sources is Iterable<UploadSource>}
 */
const isMany = (sources) => typeof sources === 'object' && !ArrayBuffer.isView(sources) && Symbol.iterator in sources;
