// The call that lists files by their IDs, wherever they are. The service does not filter and sort these.
/** @import { CallOptions, Client, FileDescriptor } from 'wix-media.v2' */
/** @import { FilePage, ListCall } from './list-calls.js' */
/** @import { View } from './view.js' */
import { say } from '../text/language.js';
import { idsSource } from './id-source.js';
import { fileItem } from './item.js';
import { comparing } from './order.js';

/** IDs per call, docs/contract/model.md#s11. */
const MAX_IDS = 100;

/**
 * Gets some files. Those that do not exist any more are left out.
 *
 * @param {Client} client
 * @param {string[]} ids
 * @param {CallOptions} call
 */
async function filesOf({ files }, ids, call) {
  try {
    return (await files.getFileDescriptors(ids, call)).files ?? [];
  } catch (error) {
    // None of them exists.
    if (/** @type {{ code?: string }} */ (Object(error)).code === 'RESOURCE_NOT_FOUND') return [];
    throw error;
  }
}

/**
 * Returns the call for a view. Files in the trash are left out.
 *
 * @param {View & { fileIds: readonly string[] }} view
 * @returns {ListCall<FilePage, FileDescriptor>}
 */
export function filesByIdCall({ fileIds, types, sort }) {
  /** @param {FileDescriptor} file */
  const isWanted = ({ state, mediaType }) => state !== 'DELETED' && (types.length === 0 || (mediaType !== undefined && types.includes(mediaType)));
  const compare = comparing('file', sort, { isNatural: true });
  return {
    name: 'getFileDescriptors',
    options: {},
    title: say`Get files by their IDs`,
    source: `const { files: found } = await files.getFileDescriptors(${idsSource([...fileIds.slice(0, MAX_IDS)])});`,
    list: (client, call) => ({
      async *pages() {
        /** @type {FileDescriptor[]} */
        const found = [];
        for (let at = 0; at < fileIds.length; at += MAX_IDS) found.push(...(await filesOf(client, fileIds.slice(at, at + MAX_IDS), call)));
        yield { files: found.filter(isWanted).map(fileItem).sort(compare).map(({ value }) => value) };
      },
    }),
  };
}
