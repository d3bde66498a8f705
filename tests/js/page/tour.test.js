// The tour of the page stops at every dialog and menu that the sources open.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { STOPS } from './tour.js';

const WWW = fileURLToPath(new URL('../../../www/', import.meta.url));
/** What opens a dialog or a menu. */
const OPENERS = /(?<![#.\w])(?:ask|openMenu)\(|element\(\s*'dialog'/g;
/** Where the functions stand that open them. The service worker has another one of the same name. */
const OWN = new Set(['ui/dialog.js', 'ui/menu.js', 'service-worker.js']);

test('tour: stops at every dialog and menu', async () => {
  /** @type {Record<string, number>} */
  const opened = {};
  for (const entry of await readdir(WWW, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const path = join(entry.parentPath, entry.name);
    const file = relative(WWW, path);
    const count = (await readFile(path, 'utf8')).replace(/^\s*(?:\*|\/\/).*$/gm, '').match(OPENERS)?.length ?? 0;
    if (count > 0 && !OWN.has(file)) opened[file] = count;
  }
  const visited = Object.fromEntries(Object.entries(STOPS).map(([file, stops]) => [file, stops.length]));
  assert.deepEqual(opened, visited, 'a new dialog or menu needs a stop in tour.js');
});
