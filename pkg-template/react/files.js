// The files of a folder or search, page by page.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useWixMedia } from './provider.js';

/** @import { Client, StoredFile } from '../types/index.js' */
/** @import * as declared from '../types/react.d.ts' */

/** @typedef {Pick<declared.FileList, 'files' | 'isLoading' | 'hasMore' | 'error'>} State */

/** @type {State} */
const EMPTY = { files: [], isLoading: true, hasMore: false, error: undefined };

/** @type {typeof declared.useFiles} */
export function useFiles(options) {
  const { files } = useWixMedia();
  const [generation, setGeneration] = useState(0);
  const more = useRef(() => {});
  // Components pass a new object in each render. Equal options must not start a new list.
  const key = JSON.stringify(options ?? {});
  const list = useMemo(() => ({ files, options: JSON.parse(key), generation }), [files, key, generation]);
  const [{ state, of }, setShown] = useState({ state: EMPTY, of: list });

  useEffect(() => {
    const loading = listOf(list.files, list.options, (change) => setShown((shown) => ({ state: change(shown.state), of: list })));
    more.current = loading.more;
    return loading.close;
  }, [list]);

  return {
    ...state,
    // The effect that loads another list runs after the first render with its options.
    ...(of !== list && { isLoading: true, error: undefined }),
    loadMore: useCallback(() => more.current(), []),
    reload: useCallback(() => setGeneration((value) => value + 1), []),
  };
}

/**
 * Loads the first page, and further ones by `more`. The files of the previous list stay until the first page has arrived.
 *
 * @param {Client['files']} files
 * @param {declared.UseFilesOptions} options
 * @param {(change: (state: State) => State) => void} setState
 */
function listOf(files, options, setState) {
  const controller = new AbortController();
  const { signal } = controller;
  let cursor = options.paging?.cursor;
  let [isFirst, isLoading, hasMore] = [true, false, true];

  async function load() {
    if (isLoading || !hasMore) return;
    isLoading = true;
    setState((state) => ({ ...state, isLoading: true, error: undefined }));
    try {
      const asked = { ...options, paging: { ...options.paging, ...(cursor && { cursor }) } };
      const page = await ('search' in asked ? files.searchFiles(asked, { signal }) : files.listFiles(asked, { signal }));
      if (signal.aborted) return;
      const next = page.nextCursor?.cursors?.next;
      // The service once sent the same cursor again.
      hasMore = Boolean(next && next !== cursor && page.nextCursor?.hasNext !== false);
      cursor = next;
      const starts = isFirst;
      isFirst = false;
      setState(({ files: shown }) => ({ files: starts ? page.files : joined(shown, page.files), isLoading: false, hasMore, error: undefined }));
    } catch (error) {
      if (!signal.aborted) setState((state) => ({ ...state, isLoading: false, hasMore: hasMore && !isFirst, error }));
    } finally {
      isLoading = false;
    }
  }

  load();
  return { more: load, close: () => controller.abort() };
}

/**
 * A file that changes while pages are loaded can be on two of them.
 *
 * @param {StoredFile[]} shown
 * @param {StoredFile[]} added
 */
function joined(shown, added) {
  const ids = new Set(shown.map(({ _id }) => _id));
  return [...shown, ...added.filter(({ _id }) => !ids.has(_id))];
}
