// What every page of the site has: the search, the choice of colours, and the buttons of its examples. Their code loads on first use.
import { button, element } from './element.js';

/** The root of the site, from this page. */
const root = new URL(document.body.dataset.root ?? './', location.href);

/** @type {readonly string[]} */
const THEMES = ['system', 'light', 'dark'];
const THEME_KEY = 'wix-media-docs-theme';

function themeButton() {
  const chosen = () => document.documentElement.dataset.theme ?? 'system';
  const made = button(chosen(), () => {
    const now = THEMES.indexOf(chosen());
    const next = THEMES[(now + 1) % THEMES.length];
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === 'system') localStorage.removeItem(THEME_KEY);
      else localStorage.setItem(THEME_KEY, next);
    } catch {
      // Storage is blocked: the choice holds for this page.
    }
    show();
  }, { class: 'theme' });
  const show = () => {
    made.textContent = chosen();
    made.setAttribute('aria-label', `Colours: ${chosen()}`);
  };
  show();
  return made;
}

async function search() {
  const { openSearch } = await import('./search.js');
  await openSearch(root);
}

const searchButton = button('Search', search, { 'aria-keyshortcuts': '/', class: 'search-button' });
document.querySelector('.tools')?.append(searchButton, themeButton());
document.addEventListener('keydown', (event) => {
  const { target } = event;
  const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select');
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search();
  }
});

for (const block of document.querySelectorAll('.code')) {
  if (!(block instanceof HTMLElement)) continue;
  const code = block.querySelector('code');
  if (!code) continue;
  const bar = element('div', { class: 'bar' });
  if (block.dataset.runnable !== undefined) {
    // One example for the block, whichever button is first.
    const load = async () => (await import('./example.js')).exampleOf(block, bar, root);
    bar.append(
      button('Run', async () => (await load()).toggle(), { class: 'run' }),
      button('Edit', async () => (await load()).edit(), { class: 'edit' }),
    );
  }
  const copy = button('Copy', async () => {
    await navigator.clipboard.writeText(block.querySelector('textarea')?.value ?? code.textContent ?? '');
    copy.textContent = 'Copied';
  });
  bar.append(copy);
  block.append(bar);
}

document.querySelector('#menu [aria-current]')?.scrollIntoView({ block: 'nearest' });
