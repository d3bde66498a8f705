// Facts about the declarations of this package.
import ts from 'typescript-5';
import { present } from '../harness/present.js';
import { addTypes } from './official.js';
import { eventType } from './facts.js';
import { programOf } from './program.js';

/** @import { Facts } from './facts.js' */

/**
 * Adds the types and the events of the declarations.
 *
 * @param {Facts} facts
 * @param {string} file The joined declarations.
 */
export function addDeclared(facts, file) {
  const program = programOf([file]);
  const checker = program.getTypeChecker();
  const module = present(checker.getSymbolAtLocation(present(program.getSourceFile(file))));
  const resolved = (/** @type {ts.Symbol} */ symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  for (const group of checker.getExportsOfModule(module)) {
    if (group.name !== 'files' && group.name !== 'folders') continue;
    const exported = new Map(checker.getExportsOfModule(resolved(group)).map((symbol) => [symbol.name, resolved(symbol)]));
    // Ours may be written as an alias of another type.
    addTypes(facts, group.name, checker, exported, ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias);
    for (const name of exported.keys()) {
      if (/^on[A-Z]/.test(name)) facts.set(`event ${group.name}.${name}`, eventType(name));
    }
  }
}
