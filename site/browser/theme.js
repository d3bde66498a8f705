// The reader's choice of colours, before the page is painted. A classic script, because modules run later.
try {
  const chosen = localStorage.getItem('wix-media-docs-theme');
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is blocked: the system decides.
}
