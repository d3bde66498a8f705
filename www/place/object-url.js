// Addresses of bytes that no server answers with.

/**
 * Loads an address, and returns one of the same bytes that an element of this page can load.
 *
 * @param {string} url
 * @param {(url: string) => Promise<Response>} fetch
 */
export async function objectUrl(url, fetch) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`cannot load ${url}: status ${response.status}`);
  return URL.createObjectURL(await response.blob());
}
