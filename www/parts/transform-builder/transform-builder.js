// Builds the address of an image in another size or format, docs/contract/media-urls.md#s4, with a preview.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { Place } from '../../place/place.js' */
import { extensionOf, transformedUrl } from '../../model/image-url.js';
import { say } from '../../text/language.js';
import { codeBlock } from '../../ui/code-block.js';
import { copyButton } from '../../ui/copy-button.js';
import { element } from '../../ui/element.js';
import { choice, field } from '../../ui/field.js';
import { ImagePreview } from '../../ui/image-preview.js';

/** @type {readonly ['fill' | 'fit' | 'crop', string][]} */
const METHODS = [
  ['fill', say`Fill the box and crop the rest`],
  ['fit', say`Fit into the box`],
  ['crop', say`Crop a part`],
];
/** @type {readonly [string, string][]} */
const ALIGNMENTS = [
  ['c', say`Centre`],
  ['t', say`Top`],
  ['b', say`Bottom`],
  ['l', say`Left`],
  ['r', say`Right`],
  ['tl', say`Top left`],
  ['tr', say`Top right`],
  ['bl', say`Bottom left`],
  ['br', say`Bottom right`],
];
const FORMATS = ['jpg', 'png', 'webp', 'gif'];

/**
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
function numberField(value, min, max) {
  const input = element('input', { type: 'number', inputmode: 'numeric', min: String(min), max: String(max) });
  input.value = String(value);
  return input;
}

/** @param {string} format */
const hasQuality = (format) => format === 'jpg' || format === 'webp';

/**
 * Makes the builder.
 *
 * @param {FileDescriptor & { url: string }} file
 * @param {{ width?: number, height?: number }} dimensions Of the image, if known.
 * @param {Place} place
 */
export function transformBuilder({ url }, { width = 1200, height = 800 }, place) {
  const method = choice(METHODS);
  const w = numberField(Math.min(600, width), 1, 5000);
  const h = numberField(Math.min(400, height), 1, 5000);
  const x = numberField(0, 0, width);
  const y = numberField(0, 0, height);
  const align = choice(ALIGNMENTS);
  const quality = numberField(80, 5, 90);
  const format = choice(FORMATS.map((name) => [name, name.toUpperCase()]));
  const extension = extensionOf(url).toLowerCase();
  format.value = FORMATS.includes(extension) ? extension : 'jpg';

  const corner = element('div', { class: 'pair' }, field(say`From the left`, x), field(say`From the top`, y));
  const alignment = field(say`Alignment`, align);
  const qualityField = field(say`Quality`, quality);
  const address = element('div');
  const preview = new ImagePreview(place);

  const transformed = () => {
    const chosen = METHODS.find(([name]) => name === method.value)?.[0] ?? 'fill';
    const size = [`w_${w.value || 1}`, `h_${h.value || 1}`];
    const parameters = {
      fit: size,
      fill: [...size, `al_${align.value}`],
      crop: [`x_${x.value || 0}`, `y_${y.value || 0}`, ...size],
    }[chosen];
    if (hasQuality(format.value)) parameters.push(`q_${quality.value || 80}`);
    return transformedUrl(url, chosen, parameters, format.value);
  };

  const draw = () => {
    corner.hidden = method.value !== 'crop';
    alignment.hidden = method.value !== 'fill';
    qualityField.hidden = !hasQuality(format.value);
    const shown = transformed();
    const copyHtml = copyButton(say`Copy as HTML`, () => `<img src="${shown}" alt="">`);
    address.replaceChildren(codeBlock(say`Address`, shown, { level: 'h4', content: element('span', {}, shown), extra: copyHtml }));
    preview.show(shown);
  };

  const form = element(
    'form',
    { class: 'transform', input: draw, submit: (event) => event.preventDefault() },
    field(say`Method`, method),
    element('div', { class: 'pair' }, field(say`Width`, w), field(say`Height`, h)),
    corner,
    alignment,
    element('div', { class: 'pair' }, field(say`Format`, format), qualityField),
  );
  draw();
  return element('div', { class: 'transform-builder' }, form, preview.frame, preview.state, address);
}
