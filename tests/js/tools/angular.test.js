// Angular's builder: a page of an application during development and as a build, with the assets that docs/platform.md names.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { present } from '../harness/present.js';
import { expectedOfManager, managerScript, settleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { project } from '../harness/tarball.js';
import { nodeOf, runTool, startTool } from '../harness/tools.js';

const ran = recorder(import.meta.url);
const VERSION = '22.2.7';
/** Packages of one release, whose numbers are not those of its tools. */
const FRAMEWORK = ['core', 'common', 'platform-browser', 'compiler', 'compiler-cli'].map((name) => `@angular/${name}@22.2.6`);

const page = await readFile(new URL('../../../docs/platform.md', import.meta.url), 'utf8');
/** What the page tells users of Angular. */
const [, documented] = present(/^\| Angular \| `(\{ "assets": .*\})` in `angular.json` \|/m.exec(page));

const workspace = {
  version: 1,
  projects: {
    page: {
      projectType: 'application',
      root: '',
      sourceRoot: 'src',
      architect: {
        build: { builder: '@angular/build:application', options: { browser: 'src/main.ts', index: 'src/index.html', tsConfig: 'tsconfig.json', outputPath: 'built', ...JSON.parse(documented) } },
        serve: { builder: '@angular/build:dev-server', options: { buildTarget: 'page:build', host: '127.0.0.1', port: 0 } },
      },
    },
  },
};
const settings = { target: 'es2022', module: 'preserve', lib: ['es2022', 'dom'], strict: true, skipLibCheck: true, experimentalDecorators: true, types: [] };
const main = `
import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import * as wixMedia from 'wix-media.v2';
import { use } from './use.js';

@Component({ selector: 'app-root', template: '<p>{{ state() }}</p>' })
class App {
  readonly state = signal('waiting');
  constructor() {
    use(wixMedia, location.search ? { opfs: 'angular' } : 'memory').then((found: unknown) => { this.state.set('done'); return found; })${settleScript.replace('({ name, code, message })', '({ name, code, message }: wixMedia.WixMediaError)').replaceAll('globalThis.', '(globalThis as any).')}
  }
}
bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
`;

suite(`Angular ${VERSION}`, () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {string} */
  let node;
  before(async () => {
    // Angular refuses Node 20.
    const release = nodeOf(22);
    folder = await project(
      closing,
      {
        'angular.json': JSON.stringify(workspace),
        'tsconfig.json': JSON.stringify({ compilerOptions: settings, files: ['src/main.ts'] }),
        'src/main.ts': main,
        'src/use.d.ts': 'export function use(wixMedia: unknown, storage: unknown): Promise<unknown>;',
        'src/use.js': `export ${managerScript.trim()}`,
        'src/index.html': '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>page</title><base href="/"></head><body><app-root></app-root></body></html>',
      },
      [`@angular/cli@${VERSION}`, `@angular/build@${VERSION}`, ...FRAMEWORK, 'rxjs@7', 'tslib@2', 'typescript@6.0', release.package],
    );
    node = join(folder, release.path);
  });

  /** @param {string} address */
  async function works(address) {
    const browser = await startBrowser(closing);
    for (const storage of ['', '?opfs']) {
      const { result, failure, errors } = await reportOf(browser, address + storage);
      assert.deepEqual(failure ?? result, expectedOfManager, errors.join('\n'));
    }
  }

  test('a build, as documented', async (t) => {
    await runTool(folder, ['@angular/cli/bin/ng.js', 'build'], { node });
    const service = await startService({ root: join(folder, 'built/browser') });
    t.after(() => service.close());
    await works(`${service.origin}/`);
    ran('Angular', 'Angular', VERSION);
  });

  test('development, as documented', async (t) => {
    const origin = await startTool(t, folder, [join(folder, 'node_modules/@angular/cli/bin/ng.js'), 'serve'], { node });
    await works(`${origin}/`);
    ran('Angular', 'Angular', VERSION);
  });
});
