// A request as a curl command.
import { REDACTED } from './secrets.js';

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Returns a request as a command. It reads the key from the environment.
 *
 * @param {{ method: string, url: string, headers: Record<string, string>, body?: BodyInit | null }} request
 */
export function curl({ method, url, headers, body }) {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (value === '') continue;
    lines.push(value === REDACTED ? `-H "${name}: $WIX_API_KEY"` : `-H ${quoted(`${name}: ${value}`)}`);
  }
  if (typeof body === 'string') lines.push(`--data ${quoted(body)}`);
  else if (body) lines.push('--data-binary @file');
  return lines.join(' \\\n  ');
}
