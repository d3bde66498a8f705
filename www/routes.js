// Which view is shown: the one that the fragment of the address names, as in #file?id=ID.

/**
 * Shows the views in turn. `views` maps the name of a view to a function that is called with the parameters of its
 * address, whenever they are not those of the last time.
 */
export function startRouting(views) {
  const sections = new Map();
  for (const section of document.querySelectorAll('[data-view]')) sections.set(section.dataset.view, section);
  const links = document.querySelectorAll('nav a');
  const places = new Map();
  const last = new Map();
  let current;

  function show(first) {
    const [name, query = ''] = location.hash.slice(1).split('?', 2);
    // Another fragment is a place within the view.
    if (!sections.has(name) && current) return;
    const view = sections.has(name) ? name : 'connection';
    if (view !== current) {
      if (current) places.set(current, scrollY);
      for (const [other, section] of sections) section.hidden = other !== view;
      for (const link of links) {
        if (link.hash === `#${view}`) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      current = view;
      const heading = sections.get(view).querySelector('h1');
      document.title = `${heading.textContent} · wix-media`;
      if (!first) {
        heading.focus({ preventScroll: true });
        scrollTo(0, places.get(view) ?? 0);
      }
    }
    if (query && last.get(view) !== query) views[view](new URLSearchParams(query));
    last.set(view, query || last.get(view));
  }

  addEventListener('hashchange', () => show(false));
  show(true);
}
