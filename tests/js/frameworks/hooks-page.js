// Scenarios of the hooks, which run in a page: each returns what the test compares.
import { createElement, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient, createManager } from 'wix-media.v2';
import { useFiles, useUploads, WixMediaProvider } from 'wix-media.v2/react';

/** @import { Client, MediaManager } from 'wix-media.v2' */
/** @import { TrackedUpload } from 'wix-media.v2/react' */

/**
 * Renders a component that calls a hook.
 *
 * @template Options, Result
 * @param {(options: Options) => Result} hook
 * @param {Client} client
 * @param {Options} options
 */
function renderHook(hook, client, options) {
  const root = createRoot(document.createElement('div'));
  /** @type {Result | undefined} */
  let current;
  /** @type {Set<() => void>} */
  const checks = new Set();
  const Probe = (/** @type {{ options: Options }} */ props) => {
    const result = hook(props.options);
    useEffect(() => {
      current = result;
      for (const check of checks) check();
    });
    return null;
  };
  const render = (/** @type {Options} */ given) => root.render(createElement(StrictMode, null, createElement(WixMediaProvider, { client }, createElement(Probe, { options: given }))));
  render(options);
  return {
    render,
    unmount: () => root.unmount(),
    /**
     * Waits for a render after which the condition holds.
     *
     * @param {(result: Result) => boolean} condition
     * @returns {Promise<Result>}
     */
    until: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (current === undefined || !condition(current)) return;
          checks.delete(check);
          resolve(current);
        };
        checks.add(check);
        check();
      }),
  };
}

/** A client that reports failures at once. */
const impatient = (/** @type {MediaManager} */ manager) => createClient({ manager, retry: false });

const text = (/** @type {string} */ name) => new File([name], name);
const states = (/** @type {TrackedUpload[]} */ uploads) => uploads.map(({ name, status }) => `${name} ${status}`);
/** A source that never ends. */
const endless = (onCancel = () => {}) => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)), cancel: onCancel }, { highWaterMark: 0 });

const scenarios = {
  async 'failure and retry'() {
    const manager = await createManager();
    await manager.faults.add({ match: 'generateFileUploadUrl', status: 403, times: 1 });
    const hook = renderHook(useUploads, impatient(manager), { path: '/Animals' });
    const { upload, retry, clear } = await hook.until(() => true);
    const ended = await upload(text('fox.txt'));
    const failed = await hook.until(({ isUploading }) => !isUploading);
    retry(ended[0].key);
    const done = await hook.until(({ uploads }) => uploads[0]?.status === 'done');
    retry(ended[0].key);
    const path = (await manager.client.paths.resolve('/Animals/fox.txt')).id;
    clear();
    const cleared = await hook.until(({ uploads }) => uploads.length === 0);
    return {
      ended: ended.map(({ status, error }) => [status, /** @type {{ status: number }} */ (error).status]),
      failed: failed.progress,
      done: [done.uploads.length, done.progress, done.uploads[0].error, done.uploads[0].file?._id === path],
      cleared: cleared.progress,
    };
  },

  async 'limit and cancellation'() {
    const manager = await createManager();
    const hook = renderHook(useUploads, impatient(manager), {});
    const { upload, cancel } = await hook.until(() => true);
    const all = upload([1, 2, 3, 4, 5, 6].map((number) => Object.assign(endless(), { name: `${number}` })));
    const under = await hook.until(({ uploads }) => uploads.filter(({ status, sent }) => status === 'uploading' && sent > 0).length === 4);
    const before = states(under.uploads);
    cancel(under.uploads[5].key);
    cancel(under.uploads[0].key);
    const after = states((await hook.until(({ uploads }) => uploads[4]?.status === 'uploading' && uploads[0].status === 'cancelled')).uploads);
    cancel();
    return { before, after, ended: states(await all), isUploading: (await hook.until(({ isUploading }) => !isUploading)).isUploading };
  },

  async 'unmounting'() {
    const manager = await createManager();
    const hook = renderHook(useUploads, impatient(manager), {});
    const { upload } = await hook.until(() => true);
    /** @type {Promise<void>} */
    let isReleased = Promise.resolve();
    const source = new Promise((resolve) => {
      isReleased = new Promise((release) => resolve(endless(() => release())));
    });
    const ended = upload(Object.assign(await source, { name: 'endless' }));
    await hook.until(({ uploads }) => uploads[0]?.sent > 0);
    hook.unmount();
    await isReleased;
    return states(await ended);
  },

  async 'pages'() {
    const manager = await createManager({ seed: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ path: `/${name}.txt`, content: name })) });
    const hook = renderHook(useFiles, impatient(manager), { sort: { fieldName: 'displayName', order: 'ASC' }, paging: { limit: 2 } });
    const names = (/** @type {ReturnType<typeof useFiles>} */ { files, hasMore }) => `${files.map(({ displayName }) => displayName[0]).join('')}${hasMore ? '…' : ''}`;
    const first = await hook.until(({ isLoading }) => !isLoading);
    await manager.faults.add({ match: 'listFiles', status: 403, times: 1 });
    first.loadMore();
    const failed = await hook.until(({ error }) => error !== undefined);
    failed.loadMore();
    // It is under way, so this does nothing.
    failed.loadMore();
    const second = await hook.until(({ files }) => files.length === 4);
    second.loadMore();
    const third = await hook.until(({ files }) => files.length === 5);
    third.loadMore();
    await manager.client.uploads.upload(text('0.txt'));
    third.reload();
    const again = await hook.until(({ files }) => files[0].displayName === '0.txt');
    hook.render({ search: 'c.txt' });
    const found = await hook.until(({ files }) => files.length === 1);
    return { pages: [first, failed, second, third, again, found].map(names), code: /** @type {{ status: number }} */ (failed.error).status, cleared: second.error };
  },

  async 'options that change'() {
    const manager = await createManager({ seed: [{ path: '/a.txt', content: 'a' }, { path: '/b/b.txt', content: 'b' }] });
    const folder = await manager.client.paths.resolve('/b');
    /** @type {Request[]} */
    const held = [];
    let [open, arrive] = [() => {}, () => {}];
    /** @type {Promise<void>} */
    const gate = new Promise((resolve) => (open = resolve));
    /** @type {Promise<void>} */
    const arrival = new Promise((resolve) => (arrive = resolve));
    const fetch = async (/** @type {Request} */ request) => {
      // StrictMode mounts twice, so there may be two of them.
      if (!request.url.includes(folder.id)) {
        held.push(request);
        arrive();
        await gate;
      }
      return manager.fetch(request);
    };
    const hook = renderHook(useFiles, createClient({ manager: { baseUrl: manager.baseUrl, fetch }, retry: false }), {});
    await arrival;
    hook.render({ parentFolderId: folder.id });
    const shown = await hook.until(({ files }) => files.length > 0);
    open();
    return { shown: shown.files.map(({ displayName }) => displayName), isCancelled: held.every(({ signal }) => signal.aborted) };
  },

  async 'list of other options'() {
    const manager = await createManager({ seed: [{ path: '/a.txt', content: 'a' }, { path: '/b/b.txt', content: 'b' }] });
    const folder = await manager.client.paths.resolve('/b');
    /** What each render shows as loaded, by the folder that was asked for. @type {Set<string>} */
    const loaded = new Set();
    const useObserved = (/** @type {{ parentFolderId?: string }} */ options) => {
      const list = useFiles(options);
      if (!list.isLoading) loaded.add(`${options.parentFolderId === folder.id ? 'b' : 'root'}: ${list.files.map(({ displayName }) => displayName)}`);
      return list;
    };
    const hook = renderHook(useObserved, impatient(manager), {});
    await hook.until(({ isLoading }) => !isLoading);
    hook.render({ parentFolderId: folder.id });
    await hook.until(({ files }) => files[0]?.displayName === 'b.txt');
    return [...loaded];
  },
};

Object.assign(globalThis, { scenarios });
document.documentElement.dataset.ready = 'true';
