// Next.js: route handlers, server components and client components, bundled by Turbopack and by webpack.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { addFiles, project } from '../harness/tarball.js';
import { runTool, startTool } from '../harness/tools.js';

const files = {
  'app/layout.js': "export default function Layout({ children }) { return <html lang='en'><body>{children}</body></html>; }",
  'app/use.js': `import * as wixMedia from 'wix-media.v2'; ${managerScript} export const result = (storage) => use(wixMedia, storage);`,
  'app/component/page.js': "import { result } from '../use.js'; export const dynamic = 'force-dynamic'; export default async function Page() { return <pre>{JSON.stringify(await result('memory'))}</pre>; }",
  'app/handler/route.js': "import { result } from '../use.js'; export const dynamic = 'force-dynamic'; export const GET = async () => Response.json(await result('memory'));",
  'app/page/page.js': `'use client'; import { useEffect } from 'react'; import { result } from '../use.js'; export default function Page() { useEffect(() => { result({ opfs: 'next' })${settleScript} }, []); return <p>page</p>; }`,
  'app/edge/route.js': "import { createClient } from 'wix-media.v2'; export const runtime = 'edge'; export const GET = () => createClient({ auth: { apiKey: 'k' } }).files.listFiles().catch(({ code }) => Response.json(code));",
};
/** What docs/platform.md tells users, and a build that holds all that it needs. */
const documented = "export default { serverExternalPackages: ['wix-media.v2'], output: 'standalone' };";

for (const [version, bundlers] of /** @type {[string, Record<string, string[]>][]} */ ([
  ['16.4.6', { Turbopack: [], webpack: ['--webpack'] }],
])) {
  suite(`Next.js ${version}`, () => {
    const closing = leftovers();
    /** @type {string} */
    let folder;
    before(async () => {
      folder = await project(closing, files, [`next@${version}`, 'react@19', 'react-dom@19']);
    });

    for (const [bundler, flags] of Object.entries(bundlers)) {
      test(`built with ${bundler}, as documented`, async (t) => {
        await addFiles(folder, { 'next.config.mjs': documented });
        await rm(join(folder, '.next'), { recursive: true, force: true });
        await runTool(folder, ['next/dist/bin/next', 'build', ...flags]);
        for (const name of ['client.wasm', 'manager.wasm', 'images.wasm']) {
          assert.ok(existsSync(join(folder, '.next/standalone/node_modules/wix-media.v2', name)), `${name} is left out`);
        }
        const origin = await startTool(t, folder, [join(folder, 'node_modules/next/dist/bin/next'), 'start', '--hostname', '127.0.0.1', '--port', '0']);
        assert.deepEqual(await (await fetch(`${origin}/handler`)).json(), expectedOfManager);
        const page = (await (await fetch(`${origin}/component`)).text()).replaceAll('&quot;', '"');
        assert.ok(page.includes(`<pre>${JSON.stringify(expectedOfManager)}</pre>`), page);
        assert.equal(await (await fetch(`${origin}/edge`)).json(), 'MODULE_NOT_LOADED');
        const { result, failure } = await reportOf(await startBrowser(t), `${origin}/page`);
        assert.deepEqual(failure ?? result, expectedOfManager);
      });
    }
  });
}
