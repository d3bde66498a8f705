// What is known about the file in the viewer.
/** @import { FileItem } from '../../model/item.js' */
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
    element('h3', {}, 'About the file'),
    ...marks(file),
    facts([
      ['Type', mediaType(file.mediaType)],
      ['Size', size(file.sizeInBytes)],
      ['Dimensions', width > 0 && height > 0 && `${width} × ${height} pixels`],
      ['Duration', playingTimeOf(item)],
      ['Title', media?.audio?.title && foreign(media.audio.title)],
      ['Artist', media?.audio?.artist && foreign(media.audio.artist)],
      ['Colours', swatches(file)],
      ['Labels', labels?.length ? element('ul', { class: 'labels' }, labels.map((label) => element('li', {}, foreign(label)))) : undefined],
      ['Modified', moment(file._updatedDate)],
      ['Added', moment(file._createdDate)],
      ['Imported from', file.sourceUrl && link(file.sourceUrl)],
      ['Link to this page', copyable(address, 'Copy link')],
      ['Address', file.private || !url ? undefined : copyable(url, 'Copy address')],
      ['Hash', hash && copyable(hash, 'Copy hash')],
    ]),
  ];
}
