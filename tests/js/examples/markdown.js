// The code in documents: how it is found, and how it is run.
//
// Every block of `js` is a whole program: pasted into an empty file it runs. Hidden lines are refused.
//
// `// → text` says what the program prints there. All that it prints is said, in this order.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node } from './project.js';

/**
 * `types/types.test.js` compiles `jsx` and `ts`. The last ones are the tests of docs/testing.md, which `tools/testing.test.js` runs in
 * their runners.
 */
const LANGUAGES = new Set(['jsx', 'ts', 'js', 'js no-run', 'html', 'json', 'sh', 'rust', 'text', 'js jest', 'js node-test', 'js playwright', 'js vitest', 'ts vitest']);
const OUTPUT = /\/\/ → (.*)$/gm;

/**
 * A block of code.
 *
 * @typedef {{ language: string, code: string, line: number }} Block
 */

/**
 * The blocks of a document.
 *
 * @param {string} text
 */
export function blocks(text) {
  /** @type {Block[]} */
  const found = [];
  /** @type {{ fence: string, language: string, lines: string[], line: number } | undefined} */
  let open;
  for (const [index, line] of text.split('\n').entries()) {
    if (open) {
      if (line === open.fence) {
        found.push({ language: open.language, code: open.lines.join('\n'), line: open.line });
        open = undefined;
      } else open.lines.push(line);
    } else if (line.startsWith('<!--')) {
      throw new Error(`line ${index + 1}: hidden lines: a block has to run as readers see it`);
    } else if (line.startsWith('```')) {
      const language = line.slice(3);
      if (!LANGUAGES.has(language)) throw new Error(`line ${index + 1}: nobody looks after a block of ${language || 'nothing'}`);
      open = { fence: '```', language, lines: [], line: index + 1 };
    }
  }
  if (open) throw new Error('the last block does not end');
  return found;
}

/**
 * The links of a document to other files and to its own headings.
 *
 * @param {string} text
 */
export const links = (text) =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));

/** @param {string} text */
const withoutBlocks = (text) => text.replace(/^```[\s\S]*?^```$/gm, '');

/**
 * The commands of a document, in blocks and in running text: `cargo xtask test js`.
 *
 * @param {string} text
 */
export const commands = (text) => {
  const shell = blocks(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split('\n').filter((line) => line !== ''));
  const inline = [...withoutBlocks(text).matchAll(/`(cargo [^`]*)`/g)].map(([, command]) => command);
  return [...shell, ...inline].map((line) => line.replace(/ +#.*$/, '').replace(/ &$/, ''));
};

// Requests go to the site of the test, whatever they say, and those for a local server to a Media Manager in the process.
// A document that asks for anything else has to fail.
const SETUP = `
const { fetch } = globalThis;
const LOCAL = 'http://127.0.0.1:4410';
let manager;
globalThis.fetch = async (url, init) => {
  const { origin, pathname, search } = new URL(url instanceof Request ? url.url : url);
  if (origin === LOCAL) {
    manager ??= import('wix-media.v2').then(({ createManager }) => createManager({ baseUrl: LOCAL }));
    return (await manager).fetch(url, init);
  }
  if (![process.env.SITE_ORIGIN, 'https://www.wixapis.com'].includes(origin)) throw new Error('nobody is at ' + origin);
  return fetch(process.env.SITE_ORIGIN + pathname + search, init);
};
`;

let number = 0;

/**
 * Runs a block in the project. Resolves to its fault, or undefined.
 *
 * @param {Block} block
 * @param {string} folder
 * @param {Record<string, string | undefined>} env
 */
export async function run({ code }, folder, env) {
  const text = `${code}\n`;
  // Names of its own, because blocks run side by side.
  number += 1;
  const names = { setup: `setup-${number}.mjs`, block: `block-${number}.mjs` };
  await writeFile(join(folder, names.setup), SETUP);
  await writeFile(join(folder, names.block), text);
  const ended = await node(folder, ['--import', `./${names.setup}`, names.block], env);
  if (ended.code !== 0) return `it ends with ${ended.code}:\n${ended.stderr}`;
  if (ended.stderr !== '') return `it complains:\n${ended.stderr}`;
  const expected = [...text.matchAll(OUTPUT)].map(([, line]) => line);
  const printed = ended.stdout.split('\n').slice(0, -1);
  if (expected.join('\n') === printed.join('\n')) return undefined;
  return `it prints\n${printed.join('\n')}\nand says that it prints\n${expected.join('\n')}`;
}
