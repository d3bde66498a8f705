// Requests of a page under Playwright, answered by a manager in the test's own process.

/** @import { MediaManager } from '../types/index.js' */
/** @import { RoutedPage } from '../types/testing.d.ts' */

/** Hosts of Wix that a page asks for media and calls. */
const HOSTS = /(^|\.)(wixapis\.com|wixstatic\.com)$/;

/**
 * Answers requests of a page for Wix's hosts and for those of a manager.
 *
 * @param {RoutedPage} page A page, or a context with all its pages.
 * @param {MediaManager} manager
 */
export async function routePage(page, manager) {
  const base = new URL(manager.baseUrl);
  const isOurs = (/** @type {URL} */ { hostname, host }) => HOSTS.test(hostname) || host === base.host;
  await page.route(isOurs, async (route) => {
    const request = route.request();
    const { pathname, search } = new URL(request.url());
    const method = request.method();
    const content = request.postDataBuffer();
    // The pseudo-headers of HTTP/2 begin with a colon. They repeat the method and the address.
    const given = Object.entries(await request.allHeaders()).filter(([name]) => !name.startsWith(':') && name !== 'host');
    const body = content === null || method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(content);
    const response = await manager.fetch(`${base.origin}${pathname}${search}`, { method, headers: given, body });
    const { Buffer } = /** @type {{ Buffer: { from(bytes: ArrayBuffer): Uint8Array } }} */ (/** @type {unknown} */ (globalThis));
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) });
  });
}
