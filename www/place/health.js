// The health of a Media Manager: what it reports about itself.

/** @typedef {{ version: string | undefined, bytes: number | undefined }} Health Its version, and the bytes of all files in it. */

/**
 * Asks a Media Manager for its health. Resolves with nothing if it does not answer.
 *
 * @param {string} baseUrl
 * @param {(url: string) => Promise<Response>} send
 * @returns {Promise<Health | undefined>}
 */
export async function health(baseUrl, send) {
  try {
    const response = await send(`${baseUrl}/_wix-media/health`);
    if (!response.ok) return undefined;
    const { version, storage } = await response.json();
    return { version, bytes: storage?.usage?.bytes };
  } catch {
    return undefined;
  }
}
