// The search: a dialog over an index that the build has made. Nothing is sent anywhere.
import MiniSearch from 'minisearch';
import { button, element } from './element.js';
import { SEARCH } from './search-options.js';

const MAX_RESULTS = 20;

/** @type {Promise<HTMLDialogElement> | undefined} */
let dialog;

/**
 * Opens the search.
 *
 * @param {URL} root
 */
export async function openSearch(root) {
  dialog ??= makeDialog(root);
  try {
    (await dialog).showModal();
  } catch (error) {
    // The next click tries again.
    dialog = undefined;
    throw error;
  }
}

/** @param {URL} root */
async function makeDialog(root) {
  const response = await fetch(new URL('assets/search.json', root));
  if (!response.ok) throw new Error(`cannot load the index of the search: ${response.status}`);
  const index = MiniSearch.loadJSON(await response.text(), SEARCH);
  const input = element('input', { type: 'search', 'aria-label': 'Search the documentation', placeholder: 'An error, a function, a word', autocomplete: 'off', spellcheck: 'false' });
  const results = element('ul', { class: 'results' });
  const count = element('p', { role: 'status' });
  const made = element('dialog', { class: 'search', 'aria-label': 'Search' }, element('form', { method: 'dialog' }, input, button('Close', () => made.close())), count, results);
  made.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    results.querySelector('a')?.click();
  });
  input.addEventListener('input', () => {
    const found = input.value.trim() ? index.search(input.value).slice(0, MAX_RESULTS) : [];
    results.replaceChildren(
      ...found.map(({ id, page, heading }) =>
        element('li', {}, element('a', { href: new URL(id, root).href }, element('strong', {}, heading), element('span', {}, heading === page ? '' : page))),
      ),
    );
    count.textContent = input.value.trim() === '' ? '' : found.length === 0 ? 'Nothing found' : `${found.length} ${found.length === 1 ? 'result' : 'results'}`;
  });
  // A link to the same page would leave the dialog open.
  results.addEventListener('click', ({ target }) => target instanceof Element && target.closest('a') && made.close());
  made.addEventListener('click', ({ target }) => target === made && made.close());
  document.body.append(made);
  return made;
}
