// One file, with everything that is known of it.
import { codeBlock } from '../code-block.js';
import { copyButton, element, foreign, webAddress } from '../element.js';
import { marks, picture } from '../file-list.js';
import { formCalls, typed } from '../form-call.js';
import { callSource, json } from '../source.js';
import { mediaType, moment, size } from '../words.js';

/** An address to follow and to copy. Anything else stays text. */
function link(address) {
  const href = webAddress(address);
  if (!href) return foreign(String(address));
  return [element('a', { href, target: '_blank', rel: 'noreferrer' }, href), ' ', copyButton('Copy', () => href)];
}

const copied = (text) => [element('code', {}, foreign(text)), ' ', copyButton('Copy', () => text)];

/** The identifier of the media inside a descriptor: wix:image://… */
function identifierOf({ media }) {
  const found = [media?.image?.image, media?.vector?.image, media?.video, media?.document, media?.audio?.assets?.[0]];
  return found.find((candidate) => typeof candidate === 'string' && candidate.startsWith('wix:'));
}

const pixelsOf = (identifier) => {
  const [, width, height] = /originWidth=(\d+)&originHeight=(\d+)/.exec(identifier ?? '') ?? [];
  return width && `${width} × ${height} pixels`;
};

function colours({ media }) {
  const found = (media?.image ?? media?.vector)?.colors;
  const swatches = [found?.prominent, ...(Array.isArray(found?.palette) ? found.palette : [])]
    .map((colour) => colour?.rgb)
    .filter((rgb) => [rgb?.r, rgb?.g, rgb?.b].every(Number.isInteger))
    .slice(0, 10)
    .map(({ r, g, b }) => {
      const swatch = element('span', { class: 'swatch', role: 'img', 'aria-label': `red ${r}, green ${g}, blue ${b}` });
      swatch.style.backgroundColor = `rgb(${r} ${g} ${b})`;
      return swatch;
    });
  return swatches.length > 0 ? swatches : undefined;
}

function details(file) {
  const identifier = identifierOf(file);
  const list = element('dl', { class: 'details' });
  const add = (term, ...content) => {
    const shown = content.flat().filter((part) => part !== undefined && part !== null && part !== '');
    if (shown.length > 0) list.append(element('div', {}, element('dt', {}, term), element('dd', {}, shown)));
  };
  add('Type', mediaType(file.mediaType));
  add('Size', size(file.sizeInBytes));
  add('Dimensions', pixelsOf(identifier));
  add('Changed', moment(file._updatedDate));
  add('Added', moment(file._createdDate));
  add('Labels', Array.isArray(file.labels) ? file.labels.map((label) => foreign(String(label), { class: 'mark' })) : undefined);
  add('Colours', colours(file));
  if (file._id) add('ID', copied(file._id));
  if (identifier) add('Identifier', copied(identifier));
  if (file.url) add('Address', link(file.url));
  if (file.parentFolderId) {
    const href = `#files?${new URLSearchParams({ folder: file.parentFolderId })}`;
    add('Folder', element('a', { href }, foreign(file.parentFolderId)));
  }
  if (file.hash) add('Hash', element('code', {}, file.hash));
  if (file.sourceUrl) add('Imported from', link(file.sourceUrl));
  return list;
}

export function showFile(page) {
  const form = document.querySelector('#file-form');
  const id = document.querySelector('#file-id');
  const outcome = document.querySelector('#file-outcome');
  const run = formCalls(form, outcome, page);

  const show = (file) => {
    if (!file) return element('p', { class: 'notice' }, 'The service answered without a file.');
    page.seen.fileId = file._id ?? page.seen.fileId;
    page.announce(`Details of ${file.displayName}.`);
    return element(
      'article',
      { class: 'file' },
      element(
        'div',
        { class: 'file-head' },
        picture(file, 640, 480),
        element('div', {}, element('h2', {}, foreign(file.displayName || file._id || 'Without a name')), marks(file)),
      ),
      details(file),
      codeBlock('As JSON', json(file), { copied: JSON.stringify(file, null, 2) }),
    );
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { connection } = page;
    const fileId = typed(id);
    const source = `${connection.preamble('files')}${callSource('const file = await files.getFileDescriptor', [fileId])};`;
    run(
      () => connection.call('files.getFileDescriptor', source, (client, options) => client.files.getFileDescriptor(fileId, options)),
      show,
    );
  });

  return (parameters) => {
    id.value = parameters.get('id') ?? '';
    form.requestSubmit();
  };
}
