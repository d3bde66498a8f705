// The files of a folder, page by page.
import { CommonSortOrder, MediaType } from 'wix-media.v2';
import { element, icon } from '../element.js';
import { FileList } from '../file-list.js';
import { formCalls, given, typed } from '../form-call.js';
import { callSource } from '../source.js';
import { count, isMediaType, mediaType } from '../words.js';

const ORDERS = { ASC: 'Ascending', DESC: 'Descending' };

/** A walk through the pages of one listing. It can be taken up again after a page that failed. */
class Walk {
  files = [];
  pages = 0;
  #options;
  #cursor;
  #iterator;
  #controller;
  #taken = 0;

  constructor(connection, options) {
    this.connection = connection;
    this.#options = options;
  }

  /** Calls for the next page. */
  next() {
    const { connection } = this;
    const isNew = !this.#iterator;
    if (isNew) {
      this.#controller = new AbortController();
      this.#taken = 0;
    }
    this.#taken += 1;
    const options = this.#cursor && isNew ? { ...this.#options, paging: { ...this.#options?.paging, cursor: this.#cursor } } : this.#options;
    this.#options = options;
    const source = `${connection.preamble('files')}${callSource('const pages = files.listFiles', [options])}.pages();
${this.#taken > 1 ? `// … after ${count(this.#taken - 1, 'page')}:\n` : ''}const { value: page } = await pages.next();`;
    const work = async (client, { signal }) => {
      this.#iterator ??= client.files.listFiles(options, { signal }).pages();
      const { value: page } = await this.#iterator.next();
      return page;
    };
    const activity = connection.call('files.listFiles', source, work, this.#controller);
    activity.result.catch(() => {
      // A walk that failed is over; a new one starts at the page that is missing.
      this.#iterator = undefined;
    });
    return activity;
  }

  /** Takes in a page. Whether another follows is in `more`. */
  add(page) {
    const files = (Array.isArray(page?.files) ? page.files : []).filter((file) => typeof file === 'object' && file);
    const cursor = page?.nextCursor?.cursors?.next;
    this.more = Boolean(cursor) && page.nextCursor.hasNext !== false && cursor !== this.#cursor;
    this.#cursor = cursor;
    this.pages += 1;
    this.files.push(...files);
    return files;
  }
}

export function showFiles(page) {
  const form = document.querySelector('#files-form');
  const folder = document.querySelector('#files-folder');
  const sort = document.querySelector('#files-sort');
  const order = document.querySelector('#files-order');
  const limit = document.querySelector('#files-limit');
  const types = document.querySelector('#files-types');
  const outcome = document.querySelector('#files-outcome');
  const run = formCalls(form, outcome, page);

  for (const value of Object.values(CommonSortOrder)) order.append(element('option', { value }, ORDERS[value] ?? value));
  for (const value of Object.values(MediaType)) {
    if (!isMediaType(value)) continue;
    types.append(element('label', { class: 'chip' }, element('input', { type: 'checkbox', value }), mediaType(value)));
  }

  // Without a field there is nothing to put in order.
  const settle = () => (order.disabled = sort.value === '');
  sort.addEventListener('change', settle);
  settle();

  const options = () => {
    const chosen = [...types.querySelectorAll(':checked')].map(({ value }) => value);
    return given({
      parentFolderId: typed(folder),
      mediaTypes: chosen.length > 0 ? chosen : undefined,
      sort: sort.value ? { fieldName: sort.value, order: order.value } : undefined,
      paging: limit.value ? { limit: Number(limit.value) } : undefined,
    });
  };

  const list = (walk) => {
    const view = new FileList();
    const heading = element('h2', {});
    const more = element('button', { type: 'button', class: 'more' }, 'Next page');
    const end = element('p', { class: 'end' });
    const trouble = element('div', {});
    const content = element('div', {}, element('div', { class: 'outcome-bar' }, heading, view.choice), view.element, trouble, end, more);

    const take = (answer) => {
      const files = walk.add(answer);
      if (files[0]) page.seen.fileId = files[0]._id;
      const first = view.add(files);
      heading.textContent = `${count(walk.files.length, 'file')}${walk.more ? ' so far' : ''}`;
      more.hidden = !walk.more;
      end.textContent = walk.more || walk.pages === 1 ? '' : `That is all: ${count(walk.pages, 'page')}.`;
      page.announce(`${count(files.length, 'file')}${walk.pages > 1 ? ` more, ${walk.files.length} in all` : ''}.`);
      return first;
    };

    const next = (answer) => {
      const first = take(answer);
      trouble.replaceChildren();
      // Those who came with the keyboard go on with the first of the new files.
      first?.focus();
    };
    more.addEventListener('click', () => run(() => walk.next(), next, trouble));

    return { content, take };
  };

  const empty = () => {
    const filtered = types.querySelector(':checked');
    const words = filtered
      ? 'No file here is of the types chosen. Clear the media types and list again.'
      : 'This folder holds no files. Clear the folder ID to list the top of the site’s files, or upload some first.';
    return element('div', { class: 'empty' }, icon('empty'), element('h2', {}, 'No files'), element('p', {}, words));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const walk = new Walk(page.connection, options());
    run(
      () => walk.next(),
      (answer) => {
        const { content, take } = list(walk);
        take(answer);
        if (walk.files.length === 0 && !walk.more) {
          page.announce('No files.');
          return empty();
        }
        return content;
      },
    );
  });

  return (parameters) => {
    folder.value = parameters.get('folder') ?? '';
    form.requestSubmit();
  };
}
