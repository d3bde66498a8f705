import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftovers } from '../harness/leftovers.js';
import { pack, run, tool } from '../harness/tarball.js';

const dist = new URL('../../../dist/', import.meta.url);
const root = fileURLToPath(new URL('../../../', import.meta.url));

suite('the packed package', () => {
  const closing = leftovers();
  /** @type {{ files: { path: string }[] } & Record<string, any>} */
  let tarball;
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wix-media-'));
    closing.after(() => rm(folder, { recursive: true, force: true }));
    tarball = await pack(folder);
  });

  test('holds what users need, and nothing else', async () => {
    /** @param {string} path */
    const isOfPage = (path) => path.startsWith('www/');
    const packed = tarball.files.map(({ path }) => path).sort();
    const isMap = (/** @type {string} */ path) => path.endsWith('.map');
    const scripts = packed.filter((path) => !isOfPage(path) && /\.c?js$/.test(path));
    assert.deepEqual(packed.filter(isMap), scripts.map((path) => `${path}.map`).sort());
    assert.deepEqual(
      packed.filter((path) => !isOfPage(path) && !isMap(path)),
      [
        'LICENSE-APACHE',
        'LICENSE-MIT',
        'README.md',
        'THIRD-PARTY-NOTICES',
        'browser.js',
        'client.wasm',
        'command.js',
        'converters.cjs',
        'converters.js',
        'deliveries.cjs',
        'deliveries.js',
        'directory.cjs',
        'directory.js',
        'disk.cjs',
        'disk.js',
        'ffmpeg.cjs',
        'ffmpeg.js',
        'file-types.cjs',
        'file-types.js',
        'images.wasm',
        'index.d.cts',
        'index.d.ts',
        'inline.d.ts',
        'inline.js',
        'jxl.wasm',
        'library.cjs',
        'library.js',
        'manager-thread.js',
        'manager-worker.js',
        'manager.cjs',
        'manager.js',
        'manager.wasm',
        'media.cjs',
        'media.d.cts',
        'media.d.ts',
        'media.js',
        'network.cjs',
        'network.js',
        'node.cjs',
        'node.js',
        'package.json',
        'picker-ar.js',
        'picker-de.js',
        'picker-es.js',
        'picker-fr.js',
        'picker-he.js',
        'picker-ja.js',
        'picker-panel.js',
        'picker-pt.js',
        'picker.d.ts',
        'picker.js',
        'react.cjs',
        'react.d.cts',
        'react.d.ts',
        'react.js',
        'resumable.cjs',
        'resumable.js',
        'sbom.cdx.json',
        'slim.cjs',
        'slim.d.ts',
        'slim.js',
        'svg.wasm',
        'sync.cjs',
        'sync.d.cts',
        'sync.d.ts',
        'sync.js',
        'tabs.cjs',
        'tabs.js',
        'testing.cjs',
        'testing.d.cts',
        'testing.d.ts',
        'testing.js',
        'threads.cjs',
        'threads.js',
        'tiff.wasm',
        'tokens.cjs',
        'tokens.js',
        'transfers.cjs',
        'transfers.js',
        'transfers.wasm',
        'uppy.d.ts',
        'uppy.js',
        'webhooks.cjs',
        'webhooks.d.cts',
        'webhooks.d.ts',
        'webhooks.js',
        'workerd.js',
      ],
    );
    // Bundled, with hashes in the names. How many chunks are shared by several bundles depends on their imports.
    assert.deepEqual(
      [...new Set(packed.filter(isOfPage).map((path) => path.replace(/-[A-Z0-9]{8}(?=\.)/, '-…')))].sort(),
      [
        'www/app-….js',
        'www/ar-….js',
        'www/chunk-….js',
        'www/editor-….js',
        'www/markdown-….js',
        'www/viewer-….js',
        'www/de-….js',
        'www/es-….js',
        'www/favicon.svg',
        'www/fr-….js',
        'www/he-….js',
        'www/icon-192.png',
        'www/icon-512.png',
        'www/icon-maskable-512.png',
        'www/index.html',
        'www/ja-….js',
        'www/manifest.webmanifest',
        'www/page-….css',
        'www/page-….js',
        'www/policy.js',
        'www/pt-….js',
        'www/service-worker.js',
      ].sort(),
    );
  });

  test('depends on nothing and runs nothing when it is installed', async () => {
    const manifest = JSON.parse(await readFile(new URL('package.json', dist), 'utf8'));
    for (const key of ['dependencies', 'optionalDependencies', 'bundledDependencies', 'scripts']) {
      assert.equal(manifest[key], undefined, key);
    }
    // Of any version, so that they stop no installation of a project that does not use these entries.
    assert.deepEqual(manifest.peerDependencies, { '@uppy/core': '*', react: '*' });
    assert.deepEqual(manifest.peerDependenciesMeta, { '@uppy/core': { optional: true }, react: { optional: true } });
    assert.equal(manifest.name, 'wix-media.v2');
    // It defines an element.
    assert.deepEqual(manifest.sideEffects, ['./picker.js']);
    assert.equal(manifest.license, 'MIT OR Apache-2.0');
  });

  test('has a bill of materials with every crate and npm package of the notices', async () => {
    const bill = JSON.parse(await readFile(new URL('sbom.cdx.json', dist), 'utf8'));
    const notices = await readFile(new URL('THIRD-PARTY-NOTICES', dist), 'utf8');
    const noticed = [...notices.matchAll(/^([@\w/-]+) (\d\S+) \(.*\)$/gm)].map(([, name, version]) => `${name} ${version}`);
    assert.ok(noticed.length > 50, `${noticed.length} crates`);
    /** @type {{ name: string, version: string, purl: string, hashes?: { content: string }[] }[]} */
    const components = bill.components;
    assert.deepEqual(components.map(({ name, version }) => `${name} ${version}`).sort(), noticed.sort());
    const isOfPage = (/** @type {string} */ purl) => purl.startsWith('pkg:npm/');
    assert.deepEqual(components.filter(({ purl }) => isOfPage(purl)).map(({ name }) => name).sort(), ['@cropper/element', '@cropper/element-canvas', '@cropper/element-handle', '@cropper/element-selection', '@cropper/utils', 'marked', 'photoswipe']);
    for (const { name, purl, hashes } of components) if (!isOfPage(purl)) assert.match(String(hashes?.[0].content), /^[0-9a-f]{64}$/, name);
    const known = new Set([bill.metadata.component.purl, ...components.map(({ purl }) => purl)]);
    /** @type {{ ref: string, dependsOn: string[] }[]} */
    const dependencies = bill.dependencies;
    assert.deepEqual(new Set(dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])), known);
    assert.equal(bill.metadata.component.version, JSON.parse(await readFile(new URL('package.json', dist), 'utf8')).version);
  });

  test('tells nothing of the machine that built it', async () => {
    // A map holds the sources of the repository, which may speak of these.
    const spoken = ['rustc/', '/target/', 'node_modules/', 'sourceMappingURL'];
    for (const { path } of tarball.files) {
      // The settings of some bundlers name the folder of the package.
      const content = (await readFile(new URL(path, dist), 'latin1')).replaceAll('node_modules/wix-media.v2', '').replace(/\n\/\/# sourceMappingURL=[\w.-]+\n?$/, '');
      for (const trace of [root, `${homedir()}/`, '.cargo/registry', ...(path.endsWith('.map') ? [] : spoken)]) {
        assert.equal(content.includes(trace), false, `${path} contains ${trace}`);
      }
    }
  });

  test('loads with no top-level await, so that it can be required', async () => {
    for (const name of ['node.js', 'browser.js', 'workerd.js', 'slim.js', 'inline.js', 'media.js', 'testing.js', 'manager.js', 'manager-thread.js', 'manager-worker.js', 'threads.js', 'picker.js', 'picker-panel.js', 'sync.js', 'react.js', 'uppy.js', 'webhooks.js']) {
      const { stdout } = await run(process.execPath, [
        '--input-type=module',
        '-e',
        `import { build } from ${JSON.stringify(new URL('../node_modules/esbuild/lib/main.js', import.meta.url).href)};
         const { errors } = await build({ entryPoints: [${JSON.stringify(fileURLToPath(new URL(name, dist)))}], bundle: true, write: false, platform: 'node', external: ['*.wasm?module'], format: 'cjs', target: 'es2019', logLevel: 'silent', supported: { 'top-level-await': false, 'import-meta': true } }).catch((failure) => failure);
         console.log(JSON.stringify(errors.filter(({ text }) => /await/.test(text))));`,
      ]);
      assert.deepEqual(JSON.parse(stdout), [], name);
    }
  });

  test('publint has nothing to say', async () => {
    const { publint } = await import('publint');
    const { messages } = await publint({ pkgDir: fileURLToPath(dist), strict: true });
    assert.deepEqual(messages, []);
  });

  test('the types are right for every way to resolve them', async () => {
    // The files that programs bring by init() have no types.
    const args = [tarball.path, '--format', 'json', '--exclude-entrypoints', './client.wasm', './transfers.wasm', './manager.wasm', './images.wasm', './jxl.wasm', './svg.wasm', './tiff.wasm', './manager-worker.js'];
    const report = join(folder, 'types.json');
    // To a file: the program ends before all of it has gone through a pipe.
    const file = await open(report, 'w');
    spawnSync(process.execPath, [tool('@arethetypeswrong/cli/dist/index.js'), ...args], { stdio: ['ignore', file.fd, 'inherit'] });
    await file.close();
    const { analysis } = JSON.parse(await readFile(report, 'utf8'));
    assert.deepEqual(Object.keys(analysis.entrypoints), ['.', './slim', './inline', './media', './picker', './sync', './testing', './react', './uppy', './webhooks', './package.json']);
    // They are modules only, which Node can require since 20.19 and 22.12.
    assert.deepEqual(analysis.problems.map((/** @type {any} */ { kind, entrypoint, resolutionKind }) => [kind, entrypoint, resolutionKind]), [['CJSResolvesToESM', './inline', 'node16-cjs'], ['CJSResolvesToESM', './picker', 'node16-cjs'], ['CJSResolvesToESM', './uppy', 'node16-cjs']]);
  });
});
