// What is known about the file in the viewer.
/** @import { FileItem } from '../../model/item.js' */
import { say } from '../../text/language.js';
import { identified } from '../../model/identifier.js';
import { mediaType, moment, playingTime, size } from '../../text/words.js';
import { element, foreign } from '../../ui/element.js';
import { marks } from '../../ui/marks.js';
import { copyable, facts, link } from '../details-panel/facts.js';
import { swatches } from '../details-panel/swatches.js';

/**
 * The playing time of a video or a recording, as far as the service knows it.
 *
 * @param {FileItem} item
 */
export function playingTimeOf({ value: file }) {
  const ms = file.media?.audio?.duration ?? identified(file)?.duration ?? 0;
  return ms > 0 ? playingTime(ms) : undefined;
}

/**
 * @param {FileItem} item
 * @param {string} address Of the page that shows the file.
 */
export function about(item, address) {
  const { value: file } = item;
  const { width = 0, height = 0 } = identified(file) ?? {};
  const { media, url, labels, hash } = file;
  return [
    element('h3', {}, say`About the file`),
    ...marks(file),
    facts([
      [say`Type`, mediaType(file.mediaType)],
      [say`Size`, size(file.sizeInBytes)],
      [say`Dimensions`, width > 0 && height > 0 && say`${width} × ${height} pixels`],
      [say`Duration`, playingTimeOf(item)],
      [say`Title`, media?.audio?.title && foreign(media.audio.title)],
      [say`Artist`, media?.audio?.artist && foreign(media.audio.artist)],
      [say`Colours`, swatches(file)],
      [say`Labels`, labels?.length ? element('ul', { class: 'labels' }, labels.map((label) => element('li', {}, foreign(label)))) : undefined],
      [say`Modified`, moment(file._updatedDate)],
      [say`Added`, moment(file._createdDate)],
      [say`Imported from`, file.sourceUrl && link(file.sourceUrl)],
      [say`Link to this page`, copyable(address, say`Copy link`)],
      [say`Address`, file.private || !url ? undefined : copyable(url, say`Copy address`)],
      [say`Hash`, hash && copyable(hash, say`Copy hash`)],
    ]),
  ];
}
