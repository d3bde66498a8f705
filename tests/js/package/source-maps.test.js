// The source maps of the package: every script has one, and a stack leads to the line of the sources that threw.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire, SourceMap } from 'node:module';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serveManager } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { run } from '../harness/tarball.js';

/** @typedef {{ sources: string[], sourcesContent: (string | null)[] } & import('node:module').SourceMapPayload} Payload */

const root = new URL('../../../', import.meta.url);
const dist = new URL('dist/', root);

const scripts = (await readdir(dist)).filter((name) => /\.c?js$/.test(name));

/**
 * @param {string} script
 * @returns {Promise<Payload>}
 */
const mapOf = async (script) => JSON.parse(await readFile(new URL(`${script}.map`, dist), 'utf8'));

/**
 * The line of the sources that a frame of a stack in a script stands for.
 *
 * @param {unknown} error
 * @param {string} script
 */
async function origin(error, script) {
  const stack = String(/** @type {Error} */ (error).stack);
  const [, line, column] = present(new RegExp(`${script.replaceAll('.', '\\.')}:(\\d+):(\\d+)`).exec(stack), stack);
  const payload = await mapOf(script);
  const found = /** @type {import('node:module').SourceOrigin} */ (new SourceMap(payload).findOrigin(Number(line), Number(column)));
  assert.ok(found.fileName, `${script}:${line}:${column}`);
  return { source: found.fileName, code: present(payload.sourcesContent[payload.sources.indexOf(found.fileName)]).split('\n')[found.lineNumber - 1] };
}

/** @param {() => unknown} program */
async function thrown(program) {
  try {
    await program();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

suite('source maps', () => {
  for (const script of scripts) {
    test(`${script}: names its map, whose sources are those of the repository`, async () => {
      assert.match(await readFile(new URL(script, dist), 'utf8'), new RegExp(`\n//# sourceMappingURL=${script}\\.map\n?$`));
      const { sources, sourcesContent, mappings } = await mapOf(script);
      assert.ok(mappings.length > 0);
      assert.equal(sources.length, sourcesContent.length);
      for (const [at, source] of sources.entries()) {
        assert.match(source, /^(?:pkg-template|www|generated|tests\/js\/node_modules)\/[^:]*$/, source);
        assert.ok(!source.split('/').includes('..'), source);
        if (/^(?:pkg-template|www)\//.test(source)) assert.equal(sourcesContent[at], await readFile(new URL(source, root), 'utf8'), source);
        else assert.notEqual(sourcesContent[at], null, source);
      }
    });
  }

  // One on few lines and with marks that the build put in, those of Node in short lines, and a twin. `testing.js` and others import the
  // package by its name, which only a project that has installed it can resolve.
  for (const script of ['slim.js', 'node.js', 'node.cjs', 'media.js']) {
    test(`${script}: the stack of a refused option leads to the line that refused it`, async () => {
      const path = fileURLToPath(new URL(script, dist));
      const entry = script.endsWith('.cjs') ? createRequire(import.meta.url)(path) : await import(path);
      const program = entry.createClient ? () => entry.createClient({ baseUlr: 'x' }) : () => entry.media.getScaledToFillImageUrl('x', 'wide', 1);
      const { source, code } = await origin(await thrown(program), script);
      assert.match(source, /^pkg-template\//);
      assert.match(code, /new WixMediaError|throw /, `${source}: ${code}`);
    });
  }

  test('transfers.js: a second minifier keeps the way to the sources', async (t) => {
    const { client } = await serveManager(t);
    const error = await thrown(() => client.uploads.upload(new Blob(['x']), /** @type {any} */ ({ lables: [] })));
    const { source, code } = await origin(error, 'transfers.js');
    assert.equal(source, 'pkg-template/library/options.js');
    assert.match(code, /refusal\(field/, code);
  });

  test('node --enable-source-maps: prints the file and the line', async () => {
    const program = `import { createClient } from ${JSON.stringify(new URL('node.js', dist).href)};\ncreateClient({ baseUlr: 'x' });`;
    const { stderr } = await run(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', program]).catch((failure) => failure);
    const [, source, line] = present(/(pkg-template\/client\/[\w-]+\.js):(\d+):\d+/.exec(stderr), stderr);
    assert.ok(present((await readFile(new URL(source, root), 'utf8')).split('\n')[Number(line) - 1]).trim().length > 0);
  });
});
