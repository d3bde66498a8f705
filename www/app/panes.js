// What stands beside the files: the panel with its two tabs, and the sidebar, which narrow windows show on demand.
import { prefer } from './preferences.js';

const TABS = ['details', 'code'];

const find = (selector) => document.querySelector(selector);

let opened = {};

/** Shows a tab of the panel, `details` or `code`; without one, closes the panel. */
export function showPanel(tab) {
  find('#panel').hidden = !tab;
  for (const name of TABS) {
    const isShown = name === tab;
    find(`#${name}`).hidden = !isShown;
    find(`#${name}-tab`).setAttribute('aria-selected', String(isShown));
    find(`#${name}-tab`).tabIndex = isShown ? 0 : -1;
    find(`#${name}-toggle`).setAttribute('aria-pressed', String(isShown));
  }
  if (tab) prefer('tab', tab);
  prefer('panel', Boolean(tab));
  opened[tab]?.();
}

/** Closes the sidebar of a narrow window; in a wide one it always stands. */
export function closeSidebar() {
  document.body.classList.remove('with-sidebar');
  find('#sidebar-toggle').setAttribute('aria-expanded', 'false');
}

/** Begins to react. `whenOpened` has a function for each tab, called when it is shown. */
export function watchPanes(whenOpened) {
  opened = whenOpened;
  for (const [index, name] of TABS.entries()) {
    const other = TABS[1 - index];
    const toggle = find(`#${name}-toggle`);
    toggle.addEventListener('click', () => showPanel(toggle.getAttribute('aria-pressed') === 'true' ? undefined : name));
    const tab = find(`#${name}-tab`);
    tab.addEventListener('click', () => showPanel(name));
    tab.addEventListener('keydown', ({ key }) => {
      if (!/^Arrow(?:Left|Right)$/.test(key)) return;
      showPanel(other);
      find(`#${other}-tab`).focus();
    });
  }
  find('#panel-close').addEventListener('click', () => {
    const name = TABS.find((one) => !find(`#${one}`).hidden);
    showPanel(undefined);
    find(`#${name}-toggle`).focus();
  });

  const sidebar = find('#sidebar');
  find('#sidebar-toggle').addEventListener('click', () => {
    const isOpen = document.body.classList.toggle('with-sidebar');
    find('#sidebar-toggle').setAttribute('aria-expanded', String(isOpen));
    if (isOpen) sidebar.querySelector('[tabindex="0"], input:checked')?.focus();
  });
  find('#main').addEventListener('pointerdown', closeSidebar);
  sidebar.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !document.body.classList.contains('with-sidebar')) return;
    closeSidebar();
    find('#sidebar-toggle').focus();
  });

  // In a narrow window the switch of places is in the sidebar.
  const narrow = matchMedia('(width < 56rem)');
  const places = find('#places');
  const arrange = () => {
    if (narrow.matches) find('#sidebar-places').append(places);
    else find('.brand').after(places);
  };
  narrow.addEventListener('change', arrange);
  arrange();
}
