// Reads the declarations of the built package: exports, documentation and examples.
import { join } from 'node:path';
import ts from 'typescript-5';
import { present } from '../harness/present.js';
import { DIST } from './compiling.js';

const FILE = join(DIST, 'index.d.ts');
const { SymbolFlags } = ts;

/**
 * The declarations of the package, or of the given text.
 *
 * @param {string} [text]
 */
export function declarations(text) {
  const options = { strict: true, types: [], lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'] };
  const host = ts.createCompilerHost(options);
  if (text !== undefined) {
    const { getSourceFile } = host;
    host.getSourceFile = (name, version, ...rest) =>
      name === FILE ? ts.createSourceFile(name, text, version, true) : getSourceFile(name, version, ...rest);
  }
  const program = ts.createProgram([FILE], options, host);
  const checker = program.getTypeChecker();
  const source = present(program.getSourceFile(FILE));
  /** @param {ts.Symbol} symbol */
  const resolve = (symbol) => (symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

  /**
   * The exports of a module or namespace, by name.
   *
   * @param {ts.Symbol} symbol
   */
  const exportsOf = (symbol) => new Map(checker.getExportsOfModule(symbol).map((each) => [each.name, resolve(each)]));
  const all = exportsOf(present(checker.getSymbolAtLocation(source)));
  /** @param {ts.Symbol} symbol */
  const isValue = (symbol) => (symbol.flags & SymbolFlags.Value) !== 0;

  /** @param {ts.Symbol} symbol */
  const textOf = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker));
  /** @param {ts.Symbol} symbol */
  const typeOf = (symbol) =>
    isValue(symbol) ? checker.getTypeOfSymbolAtLocation(symbol, source) : checker.getDeclaredTypeOfSymbol(symbol);

  /**
   * The type without null and undefined, and the items of an array.
   *
   * @param {ts.Type} type
   */
  const bare = (type) => {
    const some = checker.getNonNullableType(type);
    return checker.isArrayType(some) ? checker.getNonNullableType(checker.getTypeArguments(/** @type {ts.TypeReference} */ (some))[0]) : some;
  };

  return {
    all,
    exportsOf,
    isValue,

    /** Names of the members of an interface, or of a class's instances. */
    membersOf: (/** @type {ts.Symbol} */ symbol) => checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map(({ name }) => name),

    /**
     * The forms of a function, each with its documentation.
     *
     * @param {ts.Symbol} symbol
     */
    formsOf(symbol) {
      return typeOf(symbol)
        .getCallSignatures()
        .map((signature) => {
          const tags = signature.getJsDocTags().map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) }));
          return {
            text: ts.displayPartsToString(signature.getDocumentationComment(checker)),
            tags,
            parameters: signature.parameters.map((parameter) => ({
              name: parameter.name,
              optional: checker.isOptionalParameter(/** @type {ts.ParameterDeclaration} */ (parameter.valueDeclaration)),
              type: bare(checker.getTypeOfSymbol(parameter)),
              text: ts.displayPartsToString(parameter.getDocumentationComment(checker)),
            })),
            result: checker.typeToString(signature.getReturnType()),
          };
        });
    },

    /**
     * The member at a path such as `paging.limit` of a type, with its documentation; undefined if there is none.
     *
     * @param {ts.Type} type
     * @param {string} path
     */
    memberAt(type, path) {
      let member;
      for (const name of path.split('.')) {
        member = type.getProperty(name);
        if (!member) return undefined;
        type = bare(checker.getTypeOfSymbol(member));
      }
      return { text: textOf(present(member)), type };
    },

    /** Exports without documentation, and members of interfaces, classes, enums and namespaces without. */
    undocumented() {
      /** @type {string[]} */
      const found = [];
      const seen = new Set();
      /**
       * @param {ts.Symbol} symbol
       * @param {string} path
       */
      const visit = (symbol, path) => {
        if (seen.has(symbol)) return;
        seen.add(symbol);
        if (textOf(symbol) === '' && !hasDocumentedForm(symbol)) found.push(path);
        const inner = symbol.flags & SymbolFlags.Module ? exportsOf(symbol) : ownMembers(symbol);
        for (const [name, each] of inner) visit(each, `${path}.${name}`);
      };
      /** @param {ts.Symbol} symbol */
      const hasDocumentedForm = (symbol) =>
        isValue(symbol) && this.formsOf(symbol).some(({ text, tags }) => text !== '' || tags.length > 0);
      /** @param {ts.Symbol} symbol */
      const ownMembers = (symbol) =>
        [...(symbol.members ?? []), ...(symbol.flags & SymbolFlags.Enum ? (symbol.exports ?? []) : [])].filter(([, each]) => {
          const [declaration] = each.declarations ?? [];
          return declaration && !ts.isTypeParameterDeclaration(declaration) && !ts.isConstructorDeclaration(declaration);
        });
      for (const [name, symbol] of all) visit(symbol, name);
      return found;
    },

    /** The code of every `@example`, with the line on which it begins. */
    examples() {
      return [...source.text.matchAll(/@example\n *\* ```ts\n([\s\S]*?) *\* ```\n/g)].map(({ 1: code, index }) => ({
        line: source.text.slice(0, index).split('\n').length + 2,
        code: code.replace(/^ *\* ?/gm, ''),
      }));
    },
  };
}
