/**
 * The answer to a request that is refused, with an error in the form of the API.
 *
 * @param {number} status
 * @param {string} code
 * @param {string} description
 * @param {Record<string, string>} headers
 */
export function refused(status, code, description, headers) {
  const body = { message: description, details: { applicationError: { code, description, data: {} } } };
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}
