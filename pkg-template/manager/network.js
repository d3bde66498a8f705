// The network for imports in Node, Bun and Deno: a name is resolved once, its addresses are checked, and the connection is made
// to the address that was checked, so that a name cannot lead elsewhere a moment later.
import dns from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';

/** One request, without redirects: `{ status, headers, body, location, cancel }`. */
export async function network(url, { headers, signal, isPrivate }) {
  const target = new URL(url);
  const hostname = target.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(hostname) ? [{ address: hostname }] : await dns.lookup(hostname, { all: true });
  // All of them: which one a connection takes is not for the name's owner to choose.
  const refused = addresses.find(({ address }) => isPrivate(address));
  if (refused) throw new Error(`${hostname} is at ${refused.address}, which is no address of the web`);
  signal.throwIfAborted();
  const isSecure = target.protocol === 'https:';
  const response = await new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).request(
      {
        host: addresses[0].address,
        port: target.port || (isSecure ? 443 : 80),
        path: `${target.pathname}${target.search}`,
        method: 'GET',
        // No connection of an earlier request, which may lead to another address.
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
  const { statusCode: status, rawHeaders, headers: names } = response;
  return {
    status,
    headers: rawHeaders,
    body: Readable.toWeb(response),
    location: [301, 302, 303, 307, 308].includes(status) ? names.location : undefined,
    cancel: () => response.destroy(),
  };
}

/** Pairs as an object, lists of values under one name. */
function grouped(headers) {
  const all = {};
  for (const [name, value] of headers) all[name] = name in all ? [all[name], value].flat() : value;
  return all;
}
