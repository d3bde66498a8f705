// The address of a picture in another size or format, with a picture of it: contract/media-urls.md section 4.
import { codeBlock } from '../../ui/code-block.js';
import { copyButton, element } from '../../ui/element.js';
import { field } from '../../ui/dialog.js';
import { setSource, transformed } from '../../ui/picture.js';

const METHODS = [
  ['fill', 'Fill the box, cut off the rest'],
  ['fit', 'Fit into the box'],
  ['crop', 'Cut out a part'],
];
const ALIGNMENTS = [
  ['c', 'Middle'],
  ['t', 'Top'],
  ['b', 'Bottom'],
  ['l', 'Left'],
  ['r', 'Right'],
  ['tl', 'Top left'],
  ['tr', 'Top right'],
  ['bl', 'Bottom left'],
  ['br', 'Bottom right'],
];
const FORMATS = ['jpg', 'png', 'webp', 'gif'];
/** How long after the last key the picture is made. */
const PAUSE = 350;

const choice = (options) => element('select', {}, options.map(([value, label = value]) => element('option', { value }, label)));

const number = (value, min, max) => {
  const input = element('input', { type: 'number', inputmode: 'numeric', min: String(min), max: String(max) });
  input.value = String(value);
  return input;
};

const isText = ({ ok, headers }) => !ok && /^text\/plain/.test(headers.get('content-type'));

/** The builder for a file whose image has these dimensions, as far as they are known. */
export function transformBuilder(file, { width = 1200, height = 800 }, place) {
  const method = choice(METHODS);
  const w = number(Math.min(600, width), 1, 5000);
  const h = number(Math.min(400, height), 1, 5000);
  const x = number(0, 0, width);
  const y = number(0, 0, height);
  const align = choice(ALIGNMENTS);
  const quality = number(80, 5, 90);
  const format = choice(FORMATS.map((name) => [name, name.toUpperCase()]));
  const extension = file.url.split('.').at(-1).toLowerCase();
  format.value = FORMATS.includes(extension) ? extension : 'jpg';

  const corner = element('div', { class: 'pair' }, field('From the left', x), field('From the top', y));
  const alignment = field('What stays', align);
  const qualityField = field('Quality', quality);
  const image = element('img', { alt: 'Preview of the picture with these settings', decoding: 'async' });
  const state = element('p', { class: 'hint', role: 'status' });
  const frame = element('div', { class: 'transform-preview' }, image);
  const address = element('div', {});
  let timer;
  let wanted;

  const parameters = () => {
    const size = [`w_${w.value || 1}`, `h_${h.value || 1}`];
    const parts = {
      fit: size,
      fill: [...size, `al_${align.value}`],
      crop: [`x_${x.value || 0}`, `y_${y.value || 0}`, ...size],
    }[method.value];
    return /^(?:jpg|webp)$/.test(format.value) ? [...parts, `q_${quality.value || 80}`] : parts;
  };

  const draw = () => {
    corner.hidden = method.value !== 'crop';
    alignment.hidden = method.value !== 'fill';
    qualityField.hidden = !/^(?:jpg|webp)$/.test(format.value);
    const url = transformed(file, method.value, parameters(), format.value);
    address.replaceChildren(
      codeBlock('Address', url, { level: 'h4', content: element('span', {}, url), extra: copyButton('Copy as HTML', () => `<img src="${url}" alt="">`) }),
    );
    clearTimeout(timer);
    timer = setTimeout(() => {
      wanted = url;
      frame.setAttribute('aria-busy', 'true');
      state.textContent = 'Making the picture…';
      setSource(image, place, url);
    }, image.src ? PAUSE : 0);
  };
  image.addEventListener('load', async () => {
    frame.removeAttribute('aria-busy');
    image.hidden = false;
    state.textContent = `${image.naturalWidth} × ${image.naturalHeight} pixels`;
  });
  image.addEventListener('error', async () => {
    frame.removeAttribute('aria-busy');
    image.hidden = true;
    // The service says in words what is wrong with an address.
    const url = wanted;
    const words = await place.fetch(url).then((response) => (isText(response) ? response.text() : ''), () => '');
    if (url === wanted) state.textContent = words.trim().slice(0, 300) || 'The service makes no such picture.';
  });

  const form = element(
    'form',
    { class: 'transform', input: draw, submit: (event) => event.preventDefault() },
    field('Method', method),
    element('div', { class: 'pair' }, field('Width', w), field('Height', h)),
    corner,
    alignment,
    element('div', { class: 'pair' }, field('Format', format), qualityField),
  );
  draw();
  return element('div', { class: 'transform-builder' }, form, frame, state, address);
}

