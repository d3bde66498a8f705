// What a host of the manager may ask over HTTP, below a path that no API of Wix has.

const PATH = '/_wix-media/';

export const isAdministration = (url) => url.pathname.startsWith(PATH);

const json = (value, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });

const refused = (status, code, description) =>
  json({ message: description, details: { applicationError: { code, description, data: {} } } }, status);

/** Answers a request below the path. */
export async function administer(request, url, manager) {
  const name = url.pathname.slice(PATH.length);
  if (name === 'health') return json({ status: 'ok', storage: manager.storage });
  return refused(404, 'NOT_FOUND', 'there is nothing at this path');
}
