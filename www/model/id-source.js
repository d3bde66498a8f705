// IDs as source code, for the panel that shows each call.
import { javascript } from '../text/code.js';

/** Longer lists are cut. */
const MAX_SHOWN = 12;

/**
 * IDs as source code. A long list is cut; its start is enough to learn from.
 *
 * @param {readonly string[]} ids
 */
export function idsSource(ids) {
  if (ids.length <= MAX_SHOWN) return javascript(ids);
  const lines = ids.slice(0, 10).map((id) => `  ${javascript(id)},\n`);
  return `[\n${lines.join('')}  // … and ${ids.length - lines.length} more\n]`;
}
