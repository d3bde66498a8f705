// The sources in www: the page is built in layers, no file imports one of a layer above its own, and files are short.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const WWW = fileURLToPath(new URL('../../../www/', import.meta.url));

/** The layers, each with those that it may import besides itself. @type {Record<string, string[]>} */
const LAYERS = {
  text: [],
  model: ['text'],
  place: ['text', 'model'],
  ui: ['text', 'model'],
  parts: ['text', 'model', 'place', 'ui'],
  app: ['text', 'model', 'place', 'ui', 'parts'],
};

/** Lines of a file. The header of a longer one says why it is “one file”. */
const MAX_LINES = 300;

/** Returns the files that each file of the page imports, as paths in www. Imports of types are left out. */
async function importsOfPage() {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const entry of await readdir(WWW, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const path = join(entry.parentPath, entry.name);
    const source = await readFile(path, 'utf8');
    const paths = [...source.matchAll(/^import (?:[^';]* from )?'(\.[^']*)';/gm)].map(([, target]) => join(dirname(path), target));
    found.set(relative(WWW, path), paths.map((target) => relative(WWW, target)));
  }
  return found;
}

test('page: imports go from a layer to those below it', async () => {
  const wrong = [];
  for (const [file, targets] of await importsOfPage()) {
    const [layer] = file.split('/');
    if (!(layer in LAYERS)) continue;
    for (const target of targets) {
      const [below] = target.split('/');
      if (below !== layer && !LAYERS[layer].includes(below)) wrong.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('page: imports have no circles', async () => {
  const imports = await importsOfPage();
  assert.ok(imports.size > 100, 'the imports were found');
  /** @type {Set<string>} */
  const done = new Set();
  /**
   * @param {string} file
   * @param {string[]} way
   */
  const visit = (file, way) => {
    assert.ok(!way.includes(file), `circle: ${[...way, file].join(' → ')}`);
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
});

test('page: files are short, or their header says why they are not', async () => {
  const wrong = [];
  for (const entry of await readdir(WWW, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:js|css|html)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const header = lines.slice(0, lines.findIndex((line) => !line.startsWith('//'))).join(' ');
    if (lines.length - 1 > MAX_LINES && !header.includes('one file')) wrong.push(`${relative(WWW, path)} has ${lines.length - 1} lines`);
  }
  assert.deepEqual(wrong, []);
});
