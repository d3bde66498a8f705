// Frameworks for pages that a server renders: a manager in a component on the server, in a handler, and in the page.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { project } from '../harness/tarball.js';
import { freePort } from '../harness/port.js';
import { nodeOf, runTool, startTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);

const imports = "import * as wixMedia from 'wix-media.v2'; import { use } from 'PATH/use.js';";
// Vite reloads pages during development, once it has found their dependencies: each of them has a storage of its own.
const inPage = `use(wixMedia, { opfs: crypto.randomUUID() })${settleScript}`;

/**
 * An application: `/` uses a manager in the page, `/component` and `/handler` use one on the server.
 *
 * @typedef {object} Framework
 * @property {string} row Of docs/platform.md.
 * @property {string} version
 * @property {string[]} tools
 * @property {Record<string, string>} files
 * @property {string[]} build A script in `node_modules`, and its arguments.
 * @property {string[]} [start] What serves the build, in the folder of the application. Without it the build consists of files.
 * @property {string} [built] The folder of the files.
 * @property {string[]} dev
 * @property {(port: string) => string[]} listen The arguments of `dev`.
 */

/** @type {Record<string, Framework>} */
const FRAMEWORKS = {
  Nuxt: {
    row: 'Nuxt',
    version: '4.5.2',
    tools: ['nuxt@4.5.2'],
    files: {
      'nuxt.config.js': "export default { compatibilityDate: '2026-01-01', telemetry: false };",
      'app/use.js': `export ${managerScript.trim()}`,
      'app/app.vue': '<template><NuxtPage /></template>',
      'app/pages/index.vue': `<script setup>import { onMounted } from 'vue'; ${imports.replace('PATH', '..')} onMounted(() => { ${inPage} });</script><template><p>page</p></template>`,
      'app/pages/component.vue': `<script setup>${imports.replace('PATH', '..')} const { data } = await useAsyncData('found', () => use(wixMedia, 'memory'));</script><template><pre>{{ JSON.stringify(data) }}</pre></template>`,
      'server/use.js': `export ${managerScript.trim()}`,
      'server/routes/handler.js': `${imports.replace('PATH', '..')} export default defineEventHandler(() => use(wixMedia, 'memory'));`,
    },
    build: ['nuxt/bin/nuxt.mjs', 'build'],
    start: ['.output/server/index.mjs'],
    dev: ['nuxt/bin/nuxt.mjs', 'dev'],
    listen: (port) => ['--host', '127.0.0.1', '--port', port],
  },
  SvelteKit: {
    row: 'SvelteKit',
    version: '3.2.0',
    tools: ['@sveltejs/kit@3.2.0', '@sveltejs/adapter-node@6.0.1', '@sveltejs/vite-plugin-svelte@7.3.1', 'svelte@5.57.3', 'vite@8.3.8'],
    files: {
      'vite.config.js': "import adapter from '@sveltejs/adapter-node'; import { sveltekit } from '@sveltejs/kit/vite'; export default { plugins: [sveltekit({ adapter: adapter() })] };",
      'src/use.js': `export ${managerScript.trim()}`,
      'src/app.html': '<!doctype html><html lang="en"><head><meta charset="utf-8">%sveltekit.head%</head><body>%sveltekit.body%</body></html>',
      'src/routes/+page.svelte': `<script>import { onMount } from 'svelte'; ${imports.replace('PATH', '..')} onMount(() => { ${inPage} });</script><p>page</p>`,
      'src/routes/component/+page.server.js': `${imports.replace('PATH', '../..')} export const load = async () => ({ found: await use(wixMedia, 'memory') });`,
      'src/routes/component/+page.svelte': '<script>let { data } = $props();</script><pre>{JSON.stringify(data.found)}</pre>',
      'src/routes/handler/+server.js': `${imports.replace('PATH', '../..')} export const GET = async () => Response.json(await use(wixMedia, 'memory'));`,
    },
    build: ['vite/bin/vite.js', 'build'],
    start: ['build/index.js'],
    dev: ['vite/bin/vite.js', 'dev'],
    listen: (port) => ['--host', '127.0.0.1', '--port', port],
  },
  Astro: {
    row: 'Astro',
    version: '7.3.5',
    tools: ['astro@7.3.5'],
    files: {
      'src/use.js': `export ${managerScript.trim()}`,
      'src/pages/index.astro': `<html lang="en"><head><title>page</title></head><body><p>page</p><script>${imports.replace('PATH', '..')} ${inPage}</script></body></html>`,
      'src/pages/component.astro': `---\n${imports.replace('PATH', '..')}\nconst found = await use(wixMedia, 'memory');\n---\n<pre>{JSON.stringify(found)}</pre>`,
      'src/pages/handler.js': `${imports.replace('PATH', '..')} export const GET = async () => Response.json(await use(wixMedia, 'memory'));`,
    },
    build: ['astro/bin/astro.mjs', 'build'],
    built: 'dist',
    dev: ['astro/bin/astro.mjs', 'dev'],
    listen: (port) => ['--host', '127.0.0.1', '--port', port],
  },
  'React Router': {
    row: 'React Router',
    version: '8.4.0',
    tools: ['react-router@8.4.0', '@react-router/dev@8.4.0', '@react-router/serve@8.4.0', '@react-router/node@8.4.0', 'react@19', 'react-dom@19', 'isbot@5', 'vite@8.3.8'],
    files: {
      'vite.config.js': "import { reactRouter } from '@react-router/dev/vite'; export default { plugins: [reactRouter()] };",
      'app/use.js': `export ${managerScript.trim()}`,
      'app/root.jsx': "import { Outlet, Scripts } from 'react-router'; export default function Root() { return <html lang='en'><head><title>page</title></head><body><Outlet /><Scripts /></body></html>; }",
      'app/routes.js': "import { index, route } from '@react-router/dev/routes'; export default [index('page.jsx'), route('handler', 'handler.js'), route('component', 'component.jsx')];",
      'app/page.jsx': `import { useEffect } from 'react'; ${imports.replace('PATH', '.')} export default function Page() { useEffect(() => { ${inPage} }, []); return <p>page</p>; }`,
      'app/handler.js': `${imports.replace('PATH', '.')} export const loader = async () => Response.json(await use(wixMedia, 'memory'));`,
      'app/component.jsx': `${imports.replace('PATH', '.')} export const loader = () => use(wixMedia, 'memory'); export default function Component({ loaderData }) { return <pre>{JSON.stringify(loaderData)}</pre>; }`,
    },
    build: ['@react-router/dev/bin.cjs', 'build'],
    start: ['node_modules/@react-router/serve/bin.cjs', 'build/server/index.js'],
    dev: ['@react-router/dev/bin.cjs', 'dev'],
    listen: (port) => ['--host', '127.0.0.1', '--port', port],
  },
};

for (const [name, { row, version, tools, files, build, start, built = '', dev, listen }] of Object.entries(FRAMEWORKS)) {
  suite(`${name} ${version}`, () => {
    const closing = leftovers();
    /** @type {string} */
    let folder;
    /** @type {string} */
    let node;
    before(async () => {
      // Most of them refuse Node 20.
      const release = nodeOf(22);
      folder = await project(closing, { 'package.json': '{ "name": "project", "private": true, "type": "module" }', ...files }, [...tools, release.package]);
      node = join(folder, release.path);
    });

    /** @param {string} origin */
    async function works(origin) {
      assert.deepEqual(await (await fetch(`${origin}/handler`)).json(), expectedOfManager);
      const page = (await (await fetch(`${origin}/component${start ? '' : '/'}`)).text()).replaceAll('&quot;', '"');
      assert.match(page, /<pre[^>]*>\[200,"image\/png",/);
      assert.ok(page.includes(`>${JSON.stringify(expectedOfManager)}</pre>`), page);
      const { result, failure, errors } = await reportOf(await startBrowser(closing), `${origin}/`);
      assert.deepEqual(failure ?? result, expectedOfManager, errors.join('\n'));
    }

    test(`${name}: a build`, async (t) => {
      await runTool(folder, build, { node });
      if (start) {
        const port = await freePort();
        const env = { PORT: String(port), HOST: '127.0.0.1', ORIGIN: `http://127.0.0.1:${port}` };
        await works(await startTool(t, folder, start, { node, env }));
      } else {
        const service = await startService({ root: join(folder, built) });
        t.after(() => service.close());
        await works(service.origin);
      }
      ran(row, name, version);
    });

    test(`${name}: development`, async (t) => {
      const port = String(await freePort());
      await works(await startTool(t, folder, [join(folder, 'node_modules', dev[0]), ...dev.slice(1), ...listen(port)], { node }));
      ran(row, name, version);
    });
  });
}
