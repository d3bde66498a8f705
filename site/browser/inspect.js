// Values as text, in the form that Node prints.

const MAX_DEPTH = 2;
const MAX_ITEMS = 100;
/** Longer values take one line for each member. */
const LINE_LENGTH = 72;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * Returns a value as text.
 *
 * @param {unknown} value
 * @param {number} [depth]
 * @param {readonly unknown[]} [parents]
 * @returns {string}
 */
export function inspect(value, depth = 0, parents = []) {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]';
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (parents.includes(value)) return '[Circular *1]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp) return String(value);
  const isArray = Array.isArray(value);
  const name = value.constructor?.name ?? '[Object: null prototype]';
  if (depth > MAX_DEPTH && Object.keys(value).length > 0) return isArray ? '[Array]' : `[${name}]`;
  const inner = (/** @type {unknown} */ member) => inspect(member, depth + 1, [...parents, value]);
  const prefix = isArray || name === 'Object' ? '' : `${name} `;
  if (value instanceof Map) return bracket(`Map(${value.size}) `, '{', [...value].map(([key, member]) => `${inner(key)} => ${inner(member)}`), '}', depth);
  if (value instanceof Set) return bracket(`Set(${value.size}) `, '{', [...value].map(inner), '}', depth);
  if (isArray || ArrayBuffer.isView(value)) {
    const items = Array.from(/** @type {ArrayLike<unknown>} */ (/** @type {unknown} */ (value)));
    const shown = items.slice(0, MAX_ITEMS).map(inner);
    if (items.length > MAX_ITEMS) shown.push(`... ${items.length - MAX_ITEMS} more items`);
    return bracket(isArray ? '' : `${name}(${items.length}) `, '[', shown, ']', depth);
  }
  const members = Object.entries(value).map(([key, member]) => `${IDENTIFIER.test(key) ? key : quote(key)}: ${inner(member)}`);
  return bracket(prefix, '{', members, '}', depth);
}

/** @param {string} text */
function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '`';
  return mark + text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll(mark, `\\${mark}`) + mark;
}

/**
 * @param {string} prefix
 * @param {string} open
 * @param {string[]} members
 * @param {string} close
 * @param {number} depth
 */
function bracket(prefix, open, members, close, depth) {
  if (members.length === 0) return `${prefix}${open}${close}`;
  const line = `${prefix}${open} ${members.join(', ')} ${close}`;
  if (line.length <= LINE_LENGTH && !line.includes('\n')) return line;
  const margin = '  '.repeat(depth);
  return `${prefix}${open}\n${members.map((member) => `${margin}  ${member}`).join(',\n')}\n${margin}${close}`;
}
