// The entry. The page proper comes in a second step, so that a package that is not there can be told to the person.
try {
  await import('./page.js');
} catch (error) {
  const trouble = document.querySelector('#trouble');
  trouble.textContent = `The page could not start: ${error.message} If the package is not built yet, run cargo xtask build.`;
  trouble.hidden = false;
  throw error;
}
