// `wix-media info`: everything that is known about files and folders.
import { UsageError } from '../failure.js';
import { entryOf, itemOf } from '../items.js';
import { json } from '../output.js';
import { printable } from '../terminal.js';
import { bytes, moment } from '../units.js';

/** @import { Client, Context, Item } from '../internal.d.ts' */

/** @param {Context} context */
export async function info({ words, options, connect, print, paint }) {
  const { client } = await connect();
  if (options.minutes !== undefined && !options.link) throw new UsageError('--minutes needs --link', 'info');
  const found = [];
  for (const word of words) {
    const item = await itemOf(client, word);
    const link = options.link ? await linkTo(client, item, options) : undefined;
    found.push({ item, link });
  }
  if (options.json) {
    return print(json(found.map(({ item, link }) => ({ ...entryOf(item), ...(link && { link }), descriptor: item.file ?? item.folder }))));
  }
  for (const [index, { item, link }] of found.entries()) {
    if (index > 0) print();
    const facts = [['Path', item.path ?? ''], ...factsOf(item), ['Link', link]].filter(([, value]) => value);
    const width = Math.max(...facts.map(([name]) => String(name).length));
    for (const [name, value] of facts) print(`${paint.dim(String(name).padEnd(width))}  ${printable(value)}`);
  }
}

/**
 * @param {Client} client
 * @param {Item} item
 * @param {Context['options']} options
 */
async function linkTo(client, item, { minutes }) {
  if (item.kind === 'folder') return (await client.folders.generateFolderDownloadUrl(item.id)).downloadUrl;
  const { downloadUrls } = await client.files.generateFileDownloadUrl(item.id, { expirationInMinutes: minutes });
  return downloadUrls?.[0]?.url;
}

/**
 * @param {Item} item
 * @returns {(string | undefined)[][]}
 */
function factsOf({ id, file, folder }) {
  if (!file) {
    const { _createdDate, _updatedDate, state } = folder ?? {};
    return [['Kind', 'folder'], ['Id', id], ['State', state], ['Created', moment(_createdDate)], ['Changed', moment(_updatedDate)]];
  }
  const { media = {} } = file;
  const image = media.image?.image ?? media.vector?.image;
  return [
    ['Kind', `file, ${file.mediaType}`],
    ['Id', id],
    ['Size', `${bytes(file.sizeInBytes ?? 0)} (${file.sizeInBytes} bytes)`],
    ['Dimensions', dimensionsOf(image ?? media.video)],
    ['MD5', file.hash],
    ['Status', file.operationStatus],
    ['State', file.state],
    ['Private', file.private ? 'yes' : ''],
    ['Labels', (file.labels ?? []).join(', ')],
    ['Created', moment(file._createdDate)],
    ['Changed', moment(file._updatedDate)],
    ['URL', file.url],
    ['Media', image ?? [media.video, media.document].find((uri) => typeof uri === 'string')],
  ];
}

/**
 * Width and height, from the end of a media identifier.
 *
 * @param {string | undefined} uri
 */
function dimensionsOf(uri) {
  const [, width, height] = /(?:origin|poster)Width=(\d+)&(?:origin|poster)Height=(\d+)/.exec(uri ?? '') ?? [];
  return width && `${width} × ${height}`;
}
