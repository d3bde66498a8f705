// The calls that rename files and folders.
/** @import { Calls } from './calls.js' */
/** @import { Item } from './item.js' */
import { callSource } from '../text/code.js';
import { say } from '../text/language.js';

/**
 * @param {Calls} calls
 * @param {Item} item
 * @param {string} name
 */
export function renameFile(calls, { id, name: before }, name) {
  const changes = { _id: id, displayName: name };
  return calls.run(
    {
      title: say`Rename “${before}” to “${name}”`,
      names: ['files'],
      source: `${callSource('await files.updateFileDescriptor', [changes])};`,
    },
    (client, call) => client.files.updateFileDescriptor(changes, call),
  );
}

/**
 * @param {Calls} calls
 * @param {Item} item
 * @param {string} name
 */
export function renameFolder(calls, { id, name: before }, name) {
  const changes = { displayName: name };
  return calls.run(
    {
      title: say`Rename “${before}” to “${name}”`,
      names: ['folders'],
      source: `${callSource('await folders.updateFolder', [id, changes])};`,
    },
    (client, call) => client.folders.updateFolder(id, changes, call),
  );
}
