// The value of an example: that of its last statement.

/** Beginnings of statements that have a value to show. Those that print are left out. */
const EXPRESSION = /^(?:await |new |[\w$]+[.(])(?!.*\bconsole\b)/;

/**
 * Makes the value of the last statement the default export of the module.
 *
 * @param {string} code
 */
export function withResult(code) {
  if (/^export /m.test(code)) return code;
  const lines = code.split('\n');
  const last = lines.findLastIndex((line) => /^[^\s})\]/]/.test(line));
  if (last === -1 || !EXPRESSION.test(lines[last])) return code;
  // A statement that goes on to another line might be one inside a block or a text.
  if (last > 0 && /[,(=+]\s*$/.test(lines[last - 1])) return code;
  lines[last] = `export default ${lines[last]}`;
  return lines.join('\n');
}
