// What is known of what is chosen, and what can be made of it: labels, links, pictures of other sizes.
import { tally } from '../../model/actions.js';
import { copyButton, element, foreign, icon, webAddress } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';
import { codeBlock } from '../../ui/code-block.js';
import { described, isTransformable, marks, picture } from '../../ui/picture.js';
import { json } from '../../text/code.js';
import { transformBuilder } from '../transform-builder/transform-builder.js';
import { amount, mediaType, moment, playingTime, size } from '../../text/words.js';

const MINUTES = [
  [60, '1 hour'],
  [600, '10 hours'],
  [1440, '1 day'],
  [10_080, '1 week'],
  [525_600, '1 year'],
];

const copied = (text, label) => element('span', { class: 'copied' }, element('code', { dir: 'ltr' }, text), copyButton(label, () => text, { isBare: true }));

function link(text) {
  const href = webAddress(text);
  return href ? element('a', { href, target: '_blank', rel: 'noreferrer', dir: 'ltr' }, text) : foreign(String(text));
}

const section = (title, ...content) => element('section', { class: 'details-section' }, element('h3', {}, title), content);

/** A section that is closed until somebody wants it. `make` gives its content at that moment. */
function drawer(title, isOpen, make, remember) {
  const holder = element('div', { class: 'drawer-body' });
  const fill = () => holder.firstChild || holder.append(make());
  const toggle = ({ target }) => {
    remember(target.open);
    if (target.open) fill();
  };
  const details = element('details', { class: 'drawer', toggle }, element('summary', {}, element('h3', {}, title)), holder);
  if (isOpen) {
    fill();
    details.open = true;
  }
  return details;
}

/** Colours that the service found in an image, as numbers only. */
function swatches(file) {
  const { colors } = (file.media?.image ?? file.media?.vector) ?? {};
  const found = [colors?.prominent, ...(Array.isArray(colors?.palette) ? colors.palette : [])]
    .map((color) => color?.rgb)
    .filter((rgb) => [rgb?.r, rgb?.g, rgb?.b].every(Number.isInteger));
  const unique = [...new Map(found.map((rgb) => [`${rgb.r} ${rgb.g} ${rgb.b}`, rgb])).values()].slice(0, 10);
  return unique.map(({ r, g, b }) => {
    const hex = `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    const swatch = element('span', { class: 'swatch', role: 'img', 'aria-label': hex, title: hex });
    swatch.style.backgroundColor = hex;
    return swatch;
  });
}

const playing = (file, what) => {
  const ms = file.media?.audio?.duration ?? what?.duration ?? file.media?.video?.durationInMilliseconds;
  return ms > 0 ? playingTime(ms) : undefined;
};

class DetailsPanel extends HTMLElement {
  #page;
  #shown = [];
  /** What takes the focus when the panel has been drawn anew. */
  #focusNext;
  #open = { transform: false, json: false };

  start(page) {
    this.#page = page;
  }

  /** Shows items: none, one, or several in numbers. */
  show(items) {
    const before = this.#shown;
    if (this.firstChild && items.length === before.length && items.every((item, index) => item === before[index])) return;
    const isSame = items.length === before.length && items.every(({ key }, index) => key === before[index].key);
    // What somebody is writing here must not be lost because a file was processed meanwhile.
    const active = document.activeElement;
    if (isSame && this.contains(active) && active.tagName === 'INPUT' && active.value) return;
    const { scrollTop } = this.parentElement;
    this.#shown = items;
    if (items.length === 0) this.replaceChildren(this.#nothing());
    else if (items.length > 1) this.replaceChildren(this.#many(items));
    else this.replaceChildren(items[0].kind === 'file' ? this.#file(items[0]) : this.#folder(items[0]));
    this.parentElement.scrollTop = isSame ? scrollTop : 0;
    if (this.#focusNext) this.querySelector(this.#focusNext)?.focus();
    this.#focusNext = undefined;
  }

  #nothing() {
    return element(
      'div',
      { class: 'panel-empty' },
      icon('cursor'),
      element('h2', {}, 'Nothing selected'),
      element('p', {}, 'Select a file to see its details, its links and what it can be made into.'),
    );
  }

  #many(items) {
    const bytes = items.reduce((sum, { value }) => sum + Math.max(0, Number(value.sizeInBytes ?? 0)), 0);
    return element(
      'div',
      { class: 'details' },
      element('h2', {}, `${amount(tally(items))} selected`),
      element('p', { class: 'soft' }, tally(items).files > 0 ? `The files have ${size(bytes)} together.` : ''),
      this.#buttons(items),
    );
  }

  #buttons(items) {
    const { actions } = this.#page;
    const button = (label, picture, act, isBad) =>
      element('button', { type: 'button', class: isBad ? 'bad' : undefined, click: act }, icon(picture), label);
    if (this.#page.view.area === 'trash') {
      return element(
        'div',
        { class: 'actions' },
        button('Restore', 'restore', () => actions.restore(items)),
        button('Delete for good', 'trash', () => this.#page.purge(items), true),
      );
    }
    return element(
      'div',
      { class: 'actions' },
      button('Download', 'download', () => actions.download(items)),
      button('Move', 'move', () => this.#page.moveByDialog(items)),
      button('Delete', 'trash', () => actions.trash(items), true),
    );
  }

  #folder(item) {
    const { value } = item;
    return element(
      'div',
      { class: 'details' },
      element('div', { class: 'details-folder' }, icon('folder'), element('h2', {}, foreign(item.name))),
      this.#buttons([item]),
      this.#facts([
        ['Changed', moment(value._updatedDate)],
        ['Made', moment(value._createdDate)],
        ['ID', copied(item.id, 'Copy ID')],
      ]),
    );
  }

  #facts(entries) {
    const list = element('dl', { class: 'facts' });
    for (const [term, ...content] of entries) {
      const shown = content.flat().filter((part) => part !== undefined && part !== null && part !== '');
      if (shown.length > 0) list.append(element('div', {}, element('dt', {}, term), element('dd', {}, shown)));
    }
    return list;
  }

  #file(item) {
    const file = item.value;
    const what = described(file);
    const { width, height } = what ?? {};
    const page = this.#page;
    const preview = element(
      'button',
      { type: 'button', class: 'bare details-picture', 'aria-label': `Show ${item.name}`, click: () => page.preview(item) },
      picture(file, page.place, 640, 480),
    );
    const parts = [
      preview,
      element('div', { class: 'details-name' }, element('h2', {}, foreign(item.name)), marks(file)),
      this.#buttons([item]),
      this.#facts([
        ['Type', mediaType(file.mediaType)],
        ['Size', size(file.sizeInBytes)],
        ['Dimensions', width > 0 && height > 0 && file.mediaType !== 'VIDEO' ? `${width} × ${height} pixels` : undefined],
        ['Duration', playing(file, what)],
        ['Colours', swatches(file)],
        ['Changed', moment(file._updatedDate)],
        ['Added', moment(file._createdDate)],
        ['Imported from', file.sourceUrl ? link(file.sourceUrl) : undefined],
        ['Hash', file.hash ? copied(file.hash, 'Copy hash') : undefined],
      ]),
    ];
    if (page.view.area !== 'trash') parts.push(section('Labels', this.#labels(file)));
    parts.push(section('Links', this.#links(file, what)));
    if (page.view.area !== 'trash') parts.push(this.#temporary(file));
    if (isTransformable(file)) {
      const make = () => transformBuilder(file, { width, height }, page.place);
      parts.push(drawer('Other sizes and formats', this.#open.transform, make, (isOpen) => (this.#open.transform = isOpen)));
    }
    const make = () => codeBlock('File descriptor', json(file), { copied: JSON.stringify(file, null, 2), level: 'h4' });
    parts.push(drawer('As JSON', this.#open.json, make, (isOpen) => (this.#open.json = isOpen)));
    return element('div', { class: 'details' }, parts);
  }

  #links(file, what) {
    const isPublic = !file.private;
    return this.#facts([
      ['ID', copied(file._id, 'Copy ID')],
      ['Identifier', what ? copied(what.identifier, 'Copy identifier') : undefined],
      [
        'Address',
        file.url && isPublic ? element('span', { class: 'copied' }, link(file.url), copyButton('Copy address', () => file.url, { isBare: true })) : undefined,
        isPublic ? undefined : 'A private file has none; make a temporary link.',
      ],
    ]);
  }

  #temporary(file) {
    const life = element('select', { id: 'link-life' }, MINUTES.map(([value, label]) => element('option', { value: String(value) }, label)));
    life.value = '600';
    const way = element(
      'select',
      { id: 'link-way' },
      element('option', { value: 'ATTACHMENT' }, 'saves the file'),
      element('option', { value: 'INLINE' }, 'shows the file'),
    );
    const outcome = element('div', { class: 'link-outcome', role: 'status' });
    const make = async (event) => {
      event.preventDefault();
      try {
        const given = { expirationInMinutes: Number(life.value), contentDisposition: way.value };
        const { downloadUrls } = await this.#page.actions.temporaryLink(file, given);
        const { url } = downloadUrls[0];
        const until = moment(new Date(Date.now() + given.expirationInMinutes * 60_000));
        outcome.replaceChildren(
          element('p', { class: 'copied' }, link(url), copyButton('Copy link', () => url, { isBare: true })),
          element('p', { class: 'hint' }, `Works until ${until}.`),
        );
      } catch (error) {
        outcome.replaceChildren(errorReport(error));
      }
    };
    const form = element(
      'form',
      { class: 'temporary', submit: make },
      element('div', { class: 'field' }, element('label', { for: 'link-life' }, 'Works for'), life),
      element('div', { class: 'field' }, element('label', { for: 'link-way' }, 'Whoever opens it'), way),
      element('button', { type: 'submit' }, icon('link'), 'Make link'),
    );
    return section('Temporary link', form, outcome);
  }

  #labels(file) {
    const labels = Array.isArray(file.labels) ? file.labels.map(String) : [];
    const trouble = element('div', {});
    const save = async (next) => {
      this.#focusNext = '.label-form input';
      try {
        await this.#page.actions.label(file, next);
      } catch (error) {
        this.#focusNext = undefined;
        trouble.replaceChildren(errorReport(error));
      }
    };
    const chips = labels.map((label) =>
      element(
        'li',
        { class: 'label' },
        foreign(label),
        element(
          'button',
          { type: 'button', class: 'bare', 'aria-label': `Remove the label ${label}`, click: () => save(labels.filter((other) => other !== label)) },
          icon('close'),
        ),
      ),
    );
    const input = element('input', { type: 'text', placeholder: 'Add a label', 'aria-label': 'Add a label', maxlength: '200', dir: 'auto', enterkeyhint: 'done' });
    const add = (event) => {
      event.preventDefault();
      const added = input.value.split(',').map((label) => label.trim()).filter((label) => label && !labels.includes(label));
      input.value = '';
      input.blur();
      if (added.length > 0) save([...labels, ...new Set(added)]);
    };
    return [chips.length > 0 ? element('ul', { class: 'labels', 'aria-label': 'Labels' }, chips) : undefined, element('form', { class: 'label-form', submit: add }, input), trouble].filter(Boolean);
  }
}

customElements.define('details-panel', DetailsPanel);

