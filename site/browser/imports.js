// Imports of a module by address, where there is no import map: in workers.
import { init, parse } from 'es-module-lexer/minimal';

/**
 * Replaces the names of modules in the imports of a script.
 *
 * @param {string} code
 * @param {(name: string) => string | undefined} addressOf Returns the address of a module, or undefined to leave its name.
 */
export async function withAddresses(code, addressOf) {
  await init;
  let text = code;
  const [imports] = parse(code);
  for (const { n: name, s: start, e: end, d: dynamic } of [...imports].reverse()) {
    const address = name === undefined ? undefined : addressOf(name);
    if (address !== undefined) text = text.slice(0, start) + (dynamic > -1 ? JSON.stringify(address) : address) + text.slice(end);
  }
  return text;
}
