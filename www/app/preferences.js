// What a person prefers: layout, sort order, panel, place. Kept in the browser; nothing in it is secret.

const KEY = 'wix-media page';

/** @returns {Record<string, unknown>} */
function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    // No storage, or a text that this page did not write.
    return {};
  }
}

const preferences = read();

/**
 * Returns a preference, if there is one.
 *
 * @param {string} name
 */
export const preferred = (name) => preferences[name];

/**
 * @param {string} name
 * @param {string | boolean} value
 */
export function prefer(name, value) {
  preferences[name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // It lasts as long as the page.
  }
}
