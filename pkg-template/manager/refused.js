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

/** Clients of any origin may read why they are refused. */
export const ANY_ORIGIN = { 'Access-Control-Allow-Origin': '*' };

/**
 * A fault of the manager as an answer that clients may try again.
 *
 * @param {{ code: string, message: string }} error
 * @param {Record<string, string>} [headers]
 */
export const unavailable = ({ code, message }, headers) =>
  refused(code === 'INSUFFICIENT_STORAGE' ? 507 : 503, code, message, { ...ANY_ORIGIN, ...headers });
