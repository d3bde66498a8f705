// The network for imports in Node, Bun and Deno. A name is resolved once, its addresses are checked, and the connection is
// made to the address that was checked, so that a name cannot lead elsewhere a moment later.
import dns from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';

/**
 * Sends one request, without following redirects.
 *
 * @type {import('./internal.d.ts').Network}
 */
export async function network(url, { headers, signal, isPrivate }) {
  const target = new URL(url);
  const hostname = target.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(hostname) ? [{ address: hostname }] : await dns.lookup(hostname, { all: true });
  // All of them: the owner of the name must not choose which one is connected to.
  const refused = addresses.find(({ address }) => isPrivate(address));
  if (refused) throw new Error(`${hostname} has the address ${refused.address}, which is not a public one`);
  signal.throwIfAborted();
  const isSecure = target.protocol === 'https:';
  /** @type {http.IncomingMessage} */
  const response = await new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).request(
      {
        host: addresses[0].address,
        port: target.port || (isSecure ? 443 : 80),
        path: `${target.pathname}${target.search}`,
        method: 'GET',
        // A connection of an earlier request may lead to another address.
        agent: false,
        signal,
        setHost: false,
        headers: { Host: target.host, 'Accept-Encoding': 'identity', Accept: '*/*', ...grouped(headers) },
        ...(isSecure && !isIP(hostname) && { servername: hostname }),
      },
      resolve,
    );
    request.on('error', reject);
    request.end();
  });
  const { statusCode: status = 0, rawHeaders, headers: names } = response;
  return {
    status,
    headers: rawHeaders,
    body: /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(response)),
    location: [301, 302, 303, 307, 308].includes(status) ? names.location : undefined,
    cancel: () => void response.destroy(),
  };
}

/**
 * Pairs as an object, with lists for names that come more than once.
 *
 * @param {[string, string][]} headers
 */
function grouped(headers) {
  /** @type {Record<string, string | string[]>} */
  const all = {};
  for (const [name, value] of headers) all[name] = name in all ? [all[name], value].flat() : value;
  return all;
}
