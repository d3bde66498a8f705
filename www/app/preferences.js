// What a person likes: kept in the browser, and nothing secret in it.

const KEY = 'wix-media page';

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    // No storage here, or somebody else's words in it.
    return {};
  }
}

const preferences = read();

/** A preference, `otherwise` when there is none. */
export const preferred = (name, otherwise) => preferences[name] ?? otherwise;

export function prefer(name, value) {
  preferences[name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Then it lasts as long as the page.
  }
}
