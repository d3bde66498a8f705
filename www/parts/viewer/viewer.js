// A file as large as the window allows: pictures, videos, sound, PDF; of other types what can be said of them.
import { element, foreign, icon } from '../../ui/element.js';
import { setSource } from '../../ui/picture.js';
import { iconOf, mediaType, size } from '../../text/words.js';

/** Opens the viewer at an item. `page.neighbour(item, step)` gives the file before or after it. */
export function openViewer(first, page) {
  let item;
  const before = document.activeElement;
  const name = element('h2', { id: 'viewer-name' });
  const facts = element('p', { class: 'soft' });
  const stage = element('div', { class: 'stage' });
  const step = (by) => {
    const next = page.neighbour(item, by);
    if (next) show(next);
  };
  const previous = element('button', { type: 'button', class: 'bare', 'aria-label': 'Previous file', click: () => step(-1) }, icon('previous'));
  const next = element('button', { type: 'button', class: 'bare', 'aria-label': 'Next file', click: () => step(1) }, icon('next'));
  const dialog = element(
    'dialog',
    { class: 'viewer', 'aria-labelledby': 'viewer-name' },
    element(
      'div',
      { class: 'viewer-bar' },
      element('div', { class: 'viewer-title' }, name, facts),
      element('button', { type: 'button', class: 'bare', 'aria-label': 'Download', click: () => page.actions.download([item]) }, icon('download')),
      element('button', { type: 'button', class: 'bare', 'aria-label': 'Close', click: () => dialog.close() }, icon('close')),
    ),
    element('div', { class: 'viewer-stage' }, previous, stage, next),
  );
  const show = (shown) => {
    item = shown;
    name.replaceChildren(foreign(shown.name));
    facts.textContent = `${mediaType(shown.value.mediaType)} · ${size(shown.value.sizeInBytes)}`;
    stage.replaceChildren(content(shown, page));
    previous.disabled = !page.neighbour(shown, -1);
    next.disabled = !page.neighbour(shown, 1);
    page.shown(shown);
  };
  dialog.addEventListener('keydown', (event) => {
    // A player uses the arrows for itself.
    if (event.target.closest('video, audio') || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'ArrowRight') step(1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('mousedown', ({ target }) => {
    if (target === dialog || target === stage || target.classList.contains('viewer-stage')) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    before?.focus?.({ preventScroll: true });
  });
  document.body.append(dialog);
  show(first);
  dialog.showModal();
}

/** The file itself. A private one is reached by a link that ends soon. */
function content({ name, value: file }, page) {
  const make = {
    IMAGE: () => element('img', { alt: name, decoding: 'async' }),
    VECTOR: () => element('img', { alt: name, class: 'vector', decoding: 'async' }),
    VIDEO: () => element('video', { controls: true, preload: 'metadata', playsinline: true, 'aria-label': name }),
    AUDIO: () => element('audio', { controls: true, preload: 'metadata', 'aria-label': name }),
    DOCUMENT: () => (/\.pdf$/i.test(file.url ?? '') ? element('iframe', { title: name }) : undefined),
  }[file.mediaType];
  const target = file.operationStatus === 'READY' ? make?.() : undefined;
  if (!target) return placeholder(file, file.operationStatus === 'READY' ? 'There is no preview of this type of file. Download it to open it.' : statusOf(file));
  const failed = () => target.replaceWith(placeholder(file, 'The file could not be shown here. Download it to open it.'));
  target.addEventListener('error', failed);
  const address = file.private ? privateAddress(file, page) : Promise.resolve(file.url);
  address.then((url) => setSource(target, page.place, url, failed), failed);
  return target;
}

const statusOf = ({ operationStatus }) =>
  operationStatus === 'FAILED' ? 'The service could not process this file.' : 'The file is still being processed.';

async function privateAddress(file, page) {
  const { downloadUrls } = await page.actions.temporaryLink(file, { expirationInMinutes: 60, contentDisposition: 'INLINE' });
  return downloadUrls[0].url;
}

const placeholder = (file, words) =>
  element('div', { class: 'viewer-empty' }, element('span', { class: `picture ${iconOf(file.mediaType)}` }, icon(iconOf(file.mediaType))), element('p', {}, words));
