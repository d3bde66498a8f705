// The frame around each page.
import { linkBetween } from './address.js';

/** @import { Document } from './document.js' */

/** Scripts and styles are files, and WebAssembly of the examples is compiled. Nothing comes from another host. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'; base-uri 'none'";

/** @param {string} text */
export const escapeText = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * Returns a page of the site.
 *
 * @param {Document} document
 * @param {string} address Where it stands, relative to the root of the site.
 * @param {{ title: string, pages: { title: string, address: string }[] }[]} parts
 */
export function frame({ title, html, headings }, address, parts) {
  const to = (/** @type {string} */ target) => escapeText(linkBetween(address, target));
  const pages = parts.flatMap((part) => part.pages);
  const at = pages.findIndex((page) => page.address === address);
  const [previous, next] = at === -1 ? [] : [pages[at - 1], pages[at + 1]];
  const sections = headings.filter(({ level }) => level === 2);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>${escapeText(title)} · wix-media.v2</title>
<link rel="icon" href="${to('assets/favicon.svg')}">
<link rel="stylesheet" href="${to('assets/site.css')}">
<script src="${to('assets/theme.js')}"></script>
<script type="module" src="${to('assets/main.js')}"></script>
</head>
<body data-root="${to('index.html').replace(/index\.html$/, '') || './'}">
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<button class="menu-button" type="button" popovertarget="menu">Menu</button>
<a class="brand" href="${to('index.html')}">wix-media.v2</a>
<div class="tools"></div>
</header>
<div class="columns">
<nav id="menu" popover aria-label="Pages">
${parts.map((part) => `<h2>${escapeText(part.title)}</h2>\n<ul>\n${part.pages.map((page) => `<li><a href="${to(page.address)}"${page.address === address ? ' aria-current="page"' : ''}>${escapeText(page.title)}</a></li>`).join('\n')}\n</ul>`).join('\n')}
</nav>
<main id="content" tabindex="-1">
${html}
${previous || next ? `<nav class="turn" aria-label="Previous and next page">${previous ? `<a rel="prev" href="${to(previous.address)}"><span>Previous</span> ${escapeText(previous.title)}</a>` : ''}${next ? `<a rel="next" href="${to(next.address)}"><span>Next</span> ${escapeText(next.title)}</a>` : ''}</nav>` : ''}
</main>
${sections.length > 1 ? `<nav class="outline" aria-label="On this page">\n<h2>On this page</h2>\n<ul>\n${sections.map(({ id, text }) => `<li><a href="#${escapeText(id)}">${escapeText(text)}</a></li>`).join('\n')}\n</ul>\n</nav>` : ''}
</div>
</body>
</html>
`;
}
