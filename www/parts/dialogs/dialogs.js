// The questions that the page asks.
import { ask, field } from '../../ui/dialog.js';
import { element, foreign } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';
import { itemIcon } from '../../ui/item-icon.js';
import { named } from '../../model/actions.js';
import { WIX } from '../../place/remote.js';
import { amount, count, size } from '../../text/words.js';

const text = (attributes) => element('input', { type: 'text', autocomplete: 'off', ...attributes });

/** Throws what a field is missing, in words. */
function required(input, words) {
  const value = input.value.trim();
  if (value) return value;
  input.focus();
  throw new Error(words);
}

export function askFolderName(page) {
  const name = text({ dir: 'auto', maxlength: '1000', autofocus: true });
  return ask({
    title: 'New folder',
    content: [field('Name', name)],
    action: 'Create folder',
    submit: () => page.actions.createFolder(required(name, 'A folder needs a name.'), page.folderId),
  });
}

export function askImport(page) {
  const url = element('input', { type: 'url', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', placeholder: 'https://', autofocus: true });
  const name = text({ dir: 'auto', maxlength: '255' });
  const isPrivate = element('input', { type: 'checkbox' });
  const hint =
    page.place.kind === 'browser'
      ? 'The Media Manager of this browser fetches it, so the other server must allow that (CORS).'
      : 'The Media Manager fetches it itself, so it has to be public.';
  return ask({
    title: 'Import from an address',
    content: [
      field('Address of the file', url, hint),
      field('Name', name, 'Taken from the address when left empty.'),
      element('label', { class: 'check' }, isPrivate, 'Private: only temporary links lead to it'),
    ],
    action: 'Import',
    submit: () =>
      page.actions.importUrl(required(url, 'Where is the file?'), {
        displayName: name.value.trim() || undefined,
        parentFolderId: page.folderId,
        isPrivate: isPrivate.checked,
      }),
  });
}

export function askWhereTo(page, items) {
  const tree = element('folder-tree', { class: 'dialog-tree' });
  let chosen;
  const moving = new Set(items.filter(({ kind }) => kind === 'folder').map(({ id }) => id));
  tree.addEventListener('choosefolder', ({ detail }) => {
    chosen = detail.id;
    tree.mark(chosen);
  });
  return ask({
    title: `Move ${named(items)}`,
    content: [tree],
    action: 'Move here',
    ready: () =>
      tree.start({
        label: 'Where to',
        excluded: [...moving],
        roots: page.roots.filter(({ id }) => id !== 'trash-root'),
        load: async (id) => (await page.foldersIn(id)).filter(({ _id }) => !moving.has(_id)),
      }),
    submit: async () => {
      if (!chosen) throw new Error('Choose a folder first.');
      await page.actions.move(items, chosen);
      return chosen;
    },
  });
}

/** A list of names, the first of very many. */
function namesOf(items) {
  const shown = items.slice(0, 6).map((item) => element('li', {}, itemIcon(item), foreign(item.name)));
  if (items.length > shown.length) shown.push(element('li', {}, `… and ${count(items.length - shown.length, 'more')}`.replace(/s$/, '')));
  return element('ul', { class: 'names' }, shown);
}

/** Asks before a permanent deletion, with a plan of what goes. `work` deletes. */
export function askPurge(page, items, { title, work }) {
  const plan = element('div', { class: 'plan', role: 'status' }, element('p', { class: 'soft' }, 'Counting what goes…'));
  return ask({
    title,
    lead: 'This cannot be undone, and wherever the files are used they disappear.',
    content: [namesOf(items), plan],
    action: 'Delete for good',
    isBad: true,
    submit: work,
    ready: async () => {
      try {
        const { files, folders, bytes } = await page.actions.plan(items);
        plan.replaceChildren(
          element('p', {}, 'What goes: ', element('strong', {}, amount({ files, folders })), files > 0 ? `, ${size(bytes)} in all.` : '.'),
        );
      } catch (error) {
        plan.replaceChildren(errorReport(error, page.place));
      }
    },
  });
}


/** Asks for a Wix site and its key; `remembered` is what was typed before. */
export function askSite(connect, remembered = {}) {
  const base = element('input', { type: 'url', inputmode: 'url', autocomplete: 'off', spellcheck: 'false' });
  base.value = remembered.baseUrl ?? WIX;
  const key = element('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', autofocus: true });
  const site = text({ spellcheck: 'false' });
  site.value = remembered.siteId ?? '';
  return ask({
    title: 'Connect to a Wix site',
    lead: 'What you type here stays in the memory of this page and is gone when you reload it.',
    content: [
      field('API key', key, 'From the API Keys Manager of your Wix account, with permission to manage the Media Manager.'),
      field('Site ID', site, 'In the address of your site’s dashboard, after /dashboard/.'),
      field('Base URL', base, `Wix itself is at ${WIX}. A server of your own may be elsewhere.`),
    ],
    action: 'Connect',
    submit: async () => {
      const baseUrl = required(base, 'Where is the service?');
      if (!/^https?:\/\//.test(baseUrl)) throw new Error('The base URL has to begin with https:// or http://');
      await connect({ baseUrl, apiKey: key.value.trim(), siteId: site.value.trim() });
      return true;
    },
  });
}

/** Asks for the key of the server that the page came from. */
export function askServerKey(connect) {
  const key = element('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', autofocus: true });
  const site = text({ spellcheck: 'false' });
  return ask({
    title: 'This server asks for a key',
    lead: 'It was started with --api-key. What you type here stays in the memory of this page and is gone when you reload it.',
    content: [field('API key', key), field('Site ID', site, 'As it was given with --site-id; any other text where it was not.')],
    action: 'Connect',
    submit: async () => {
      await connect({ apiKey: required(key, 'Type the key.'), siteId: site.value.trim() || 'site' });
      return true;
    },
  });
}

const KEYS = [
  ['Arrows, Home, End, Page keys', 'Move around'],
  ['Letters', 'Go to a name'],
  ['Space', 'Select or unselect'],
  ['Shift + arrows', 'Select a range'],
  ['Ctrl + A', 'Select everything'],
  ['Enter', 'Open a folder, show a file'],
  ['F2', 'Rename'],
  ['Delete', 'Move to the trash'],
  ['Ctrl + Z', 'Undo'],
  ['Shift + F10 or the menu key', 'Everything that can be done'],
  ['/', 'Search'],
  ['Escape', 'Unselect, close'],
];

export function showKeys() {
  const list = KEYS.map(([keys, what]) => element('div', {}, element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)));
  return ask({ title: 'Keyboard', content: [element('dl', { class: 'keys' }, list)], cancel: 'Close' });
}
