// The public surface of the package as one text: entry points, declarations, command line and error codes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-5';
import { commands, optionsOf } from '../../../pkg-template/cli/commands.js';
import { CODES } from '../scenarios/codes.js';

const DIST = new URL('../../../dist/', import.meta.url);
const ERRORS = new URL('../../../docs/errors.md', import.meta.url);

/** The file that the surface is compared with. */
export const SNAPSHOT = fileURLToPath(new URL('../../data/surface.txt', import.meta.url));

/** The whole surface. */
export function surface() {
  /**
   * @param {string} name
   * @param {URL} base
   */
  const read = (name, base) => readFileSync(new URL(name, base), 'utf8');
  const sections = {
    'Entry points': entryPoints(JSON.parse(read('package.json', DIST))),
    'Error codes': `${errorCodes(read('', ERRORS))}\nCodes in answers of the Media Manager:\n${CODES.map((code) => `  ${code}`).join('\n')}`,
    'Command line': commandLine(),
    Declarations: declarations(read('index.d.ts', DIST)),
    'Declarations of wix-media.v2/picker': declarations(read('picker.d.ts', DIST)),
    'Declarations of wix-media.v2/react': declarations(read('react.d.ts', DIST)),
    'Declarations of wix-media.v2/uppy': declarations(read('uppy.d.ts', DIST)),
    'Declarations of wix-media.v2/webhooks': declarations(read('webhooks.d.ts', DIST)),
    'Declarations of wix-media.v2/testing': declarations(read('testing.d.ts', DIST)),
    'Declarations of wix-media.v2/sync': declarations(read('sync.d.ts', DIST)),
  };
  return Object.entries(sections)
    .map(([title, text]) => `# ${title}\n\n${text}\n`)
    .join('\n');
}

/**
 * The public part of `package.json`: paths, conditions, programs and engines.
 *
 * @param {Record<string, unknown>} manifest
 */
function entryPoints({ name, exports, main, module, types, bin, engines }) {
  return JSON.stringify({ name, exports, main, module, types, bin, engines }, null, 2);
}

/**
 * Every code that the page of errors explains, by section, with the columns that programs may rely on.
 *
 * @param {string} page
 */
export function errorCodes(page) {
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  let columns = [];
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) lines.push(`${line.slice(3)}:`);
    const cells = line.startsWith('| ') ? line.slice(1, -1).split('|').map((cell) => cell.trim()) : [];
    if (cells[0] === 'Code') columns = cells.map((cell) => cell.replaceAll('`', '').toLowerCase());
    const codes = [...(cells[0] ?? '').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, code]) => code);
    const told = columns.flatMap((column, index) => (['status', 'retry'].includes(column) && cells[index] ? [`${column} ${cells[index]}`] : []));
    for (const code of codes) lines.push([`  ${code}`, ...told].join(', '));
  }
  // Drop the titles of sections without codes.
  return lines.filter((line, index) => line.startsWith(' ') || lines[index + 1]?.startsWith(' ')).join('\n');
}

/** Every command with its arguments and options; their descriptions may change. */
function commandLine() {
  return Object.keys(commands)
    .sort()
    .map((name) => {
      const options = optionsOf(name).map(({ name: long, short, value, choices, variants, isRepeated }) =>
        [`  --${long}`, short && `-${short}`, value, variants && `or =${variants.join(', =')}`, choices && `one of ${choices.join(', ')}`, isRepeated && 'repeatable'].filter(Boolean).join(' '),
      );
      return [[name, ...commands[name].words].join(' '), ...options.sort()].join('\n');
    })
    .join('\n');
}

/**
 * The declarations without comments. Statements are in the order of their names, so that moving one from a file to another is
 * no change; overloads keep theirs.
 *
 * @param {string} text
 */
export function declarations(text) {
  const source = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
  const printer = ts.createPrinter({ removeComments: true });
  /** @param {ts.Statement} statement */
  const nameOf = (statement) => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0].name.getText(source);
    if (ts.isExportDeclaration(statement)) return `export ${statement.moduleSpecifier?.getText(source) ?? ''}`;
    return /** @type {ts.DeclarationStatement} */ (statement).name?.getText(source) ?? ts.SyntaxKind[statement.kind];
  };
  /**
   * @param {ts.Statement[]} statements
   * @returns {ts.Statement[]}
   */
  const byName = (statements) =>
    statements
      .map((statement) => /** @type {const} */ ([nameOf(statement), statement]))
      .sort(([one], [other]) => (one < other ? -1 : Number(one > other)))
      .map(([, statement]) => statement);
  /**
   * @param {ts.Statement} statement
   * @returns {ts.Statement}
   */
  const sort = (statement) => {
    if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
      const body = ts.factory.updateModuleBlock(statement.body, byName(statement.body.statements.map(sort)));
      return ts.factory.updateModuleDeclaration(statement, statement.modifiers, statement.name, body);
    }
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      const elements = [...statement.exportClause.elements].sort((one, other) => (one.getText(source) < other.getText(source) ? -1 : 1));
      const clause = ts.factory.updateNamedExports(statement.exportClause, elements);
      return ts.factory.updateExportDeclaration(statement, statement.modifiers, statement.isTypeOnly, clause, statement.moduleSpecifier, statement.attributes);
    }
    return statement;
  };
  return byName(source.statements.map(sort))
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, source))
    .join('\n');
}
