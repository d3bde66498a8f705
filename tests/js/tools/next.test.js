// Next.js: route handlers, server components and client components, bundled by Turbopack and by webpack.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { addFiles, project } from '../harness/tarball.js';
import { runTool, startTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);

const files = {
  'app/layout.js': "export default function Layout({ children }) { return <html lang='en'><body>{children}</body></html>; }",
  'app/use.js': `import * as wixMedia from 'wix-media.v2'; ${managerScript} export const result = (storage) => use(wixMedia, storage);`,
  'app/component/page.js': "import { result } from '../use.js'; export const dynamic = 'force-dynamic'; export default async function Page() { return <pre>{JSON.stringify(await result('memory'))}</pre>; }",
  'app/handler/route.js': "import { result } from '../use.js'; export const dynamic = 'force-dynamic'; export const GET = async () => Response.json(await result('memory'));",
  'app/page/page.js': `'use client'; import { useEffect } from 'react'; import { result } from '../use.js'; export default function Page() { useEffect(() => { result({ opfs: 'next' })${settleScript} }, []); return <p>page</p>; }`,
  // With the hooks of wix-media.v2/react in a client component, and an image in a server component.
  'app/hooks/component.js': "'use client'; import { useFiles, useUploads, WixMediaProvider } from 'wix-media.v2/react'; import { createClient, createManager } from 'wix-media.v2'; import { useEffect, useState } from 'react'; function Files() { const { files, reload } = useFiles(); const { upload } = useUploads(); return <><button onClick={() => upload(new File(['x'], 'fox.txt')).then(reload)}>Upload</button><ul>{files.map(({ _id, displayName }) => <li key={_id}>{displayName}</li>)}</ul></>; } export function Hooks() { const [manager, setManager] = useState(); useEffect(() => { createManager().then(setManager); }, []); return manager ? <WixMediaProvider manager={manager}><Files /></WixMediaProvider> : <WixMediaProvider client={createClient({ auth: { apiKey: 'k' } })}><p>Loading</p></WixMediaProvider>; }",
  'app/hooks/page.js': "import { WixImage } from 'wix-media.v2/react'; import { Hooks } from './component.js'; export default function Page() { return <><WixImage src='wix:image://v1/a1b2c3_4f5e~mv2.jpg#originWidth=1000&originHeight=800' alt='river' width={300} height={200} /><Hooks /></>; }",
  'app/webhooks/route.js': "import { webhookHandler } from 'wix-media.v2/webhooks'; export const POST = webhookHandler({ publicKey: 'none' });",
  'app/edge/route.js': "import { createClient } from 'wix-media.v2'; export const runtime = 'edge'; export const GET = () => createClient({ auth: { apiKey: 'k' } }).files.listFiles().catch(({ code }) => Response.json(code));",
};
/** The flags of each bundler, by version. Turbopack is not the default of 15. */
const VERSIONS = /** @type {Record<string, Partial<Record<keyof typeof documented, string[]>>>} */ ({
  '15.5.29': { webpack: [] },
  '16.4.6': { Turbopack: [], webpack: ['--webpack'] },
});

/** What docs/platform.md tells users for a build that they move, by bundler, with its row there and further files. */
const documented = {
  Turbopack: {
    row: 'Next.js, Turbopack (the default since 16)',
    config: "export default { output: 'standalone', outputFileTracingIncludes: { '/*': ['./node_modules/wix-media.v2/*'] } };",
    files: {},
  },
  webpack: {
    row: 'Next.js, webpack (the default of 15)',
    config: "export default { output: 'standalone', serverExternalPackages: ['wix-media.v2'] };",
    // React on the server is another copy than that of an external package.
    files: { 'app/hooks/page.js': "'use client'; import dynamic from 'next/dynamic'; const Hooks = dynamic(() => import('./component.js').then(({ Hooks }) => Hooks), { ssr: false }); export default function Page() { return <Hooks />; }" },
  },
};

/**
 * The image and text of the page with hooks come from the server.
 *
 * @param {string} address
 */
async function isRendered(address) {
  const markup = await (await fetch(address)).text();
  assert.match(markup, /<img[^>]* srcSet="https:\/\/static\.wixstatic\.com\/media\/a1b2c3_4f5e~mv2\.jpg\/v1\/fill\/w_300,h_200,[^"]* 1x, [^"]* 2x"/);
  assert.match(markup, /<p>Loading<\/p>/);
}

/**
 * Opens the page with hooks, and uploads a file.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} address
 */
async function hooksWork(t, address) {
  const page = await (await startBrowser(t)).newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(address);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText('fox.txt').waitFor();
  assert.deepEqual(faults, []);
}

for (const [version, bundlers] of Object.entries(VERSIONS)) {
  suite(`Next.js ${version}`, () => {
    const closing = leftovers();
    /** @type {string} */
    let folder;
    before(async () => {
      folder = await project(closing, files, [`next@${version}`, 'react@19', 'react-dom@19']);
    });

    for (const [bundler, flags] of Object.entries(bundlers)) {
      const { row, config, files: further } = documented[/** @type {keyof typeof documented} */ (bundler)];
      test(`built with ${bundler}, as documented, and moved`, async (t) => {
        await addFiles(folder, { 'next.config.mjs': config, ...further });
        await rm(join(folder, '.next'), { recursive: true, force: true });
        await runTool(folder, ['next/dist/bin/next', 'build', ...flags]);
        const moved = await mkdtemp(join(process.env.DISK_TMPDIR ?? tmpdir(), 'wix-media-'));
        t.after(() => rm(moved, { recursive: true, force: true, maxRetries: 3 }));
        await cp(join(folder, '.next/standalone'), moved, { recursive: true });
        await cp(join(folder, '.next/static'), join(moved, '.next/static'), { recursive: true });
        for (const name of ['client.wasm', 'manager.wasm', 'images.wasm']) {
          assert.ok(existsSync(join(moved, 'node_modules/wix-media.v2', name)), `${name} is left out`);
        }
        // Nothing can come from the place where it was built.
        await rename(join(folder, 'node_modules/wix-media.v2'), join(folder, 'hidden'));
        t.after(() => rename(join(folder, 'hidden'), join(folder, 'node_modules/wix-media.v2')));

        const origin = await startTool(t, moved, [join(moved, 'server.js')], { env: { PORT: '0', HOSTNAME: '127.0.0.1' } });
        assert.deepEqual(await (await fetch(`${origin}/handler`)).json(), expectedOfManager);
        const page = (await (await fetch(`${origin}/component`)).text()).replaceAll('&quot;', '"');
        assert.ok(page.includes(`<pre>${JSON.stringify(expectedOfManager)}</pre>`), page);
        assert.equal(await (await fetch(`${origin}/edge`)).json(), 'MODULE_NOT_LOADED');
        const refused = await fetch(`${origin}/webhooks`, { method: 'POST', body: 'nonsense' });
        assert.deepEqual([refused.status, (await refused.json()).code], [400, 'INVALID_WEBHOOK']);
        if (bundler === 'Turbopack') await isRendered(`${origin}/hooks`);
        await hooksWork(t, `${origin}/hooks`);
        const { result, failure } = await reportOf(await startBrowser(t), `${origin}/page`);
        assert.deepEqual(failure ?? result, expectedOfManager);
        ran(row, 'Next.js', version);
        ran('Next.js, Edge runtime', 'Next.js', version);
      });
    }
  });
}
