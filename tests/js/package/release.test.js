// `cargo xtask release VERSION --dry-run`: what a release would change, without changing anything.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { present } from '../harness/present.js';
import { run } from '../harness/tarball.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** @param {string[]} args */
const release = (args) => run('cargo', ['xtask', 'release', ...args], { cwd: root, maxBuffer: 1e8 });
/** What git finds changed. */
const changes = async () => (await run('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: root })).stdout + (await run('git', ['tag', '--list'], { cwd: root })).stdout;

suite('cargo xtask release', () => {
  test('--dry-run: prints the version in every manifest, the section of the changelog, the package and the tag, and changes nothing', async () => {
    const before = await changes();
    const { stdout } = await release(['99.0.0', '--dry-run']);
    for (const manifest of ['Cargo.toml', 'server/Cargo.toml', 'server/postgres/Cargo.toml', 'server/s3/Cargo.toml']) {
      assert.ok(stdout.includes(`\n${manifest}\n  + version = "99.0.0"\n`) || stdout.startsWith(`${manifest}\n  + version = "99.0.0"\n`), `${manifest}\n${stdout}`);
    }
    assert.match(stdout, /^pkg-template\/package\.json\n {2}\+ {3}"version": "99\.0\.0",\n/m);
    assert.match(stdout, /^CHANGELOG\.md\n {2}\+ ## 99\.0\.0 - \d{4}-\d{2}-\d{2}\n/m);
    const { version } = JSON.parse(await readFile(new URL('dist/package.json', `file://${root}`), 'utf8'));
    const [, files] = present(new RegExp(`^wix-media\\.v2-${version.replaceAll('.', '\\.')}\\.tgz: (\\d+) files, [\\d.]+ MB packed, [\\d.]+ MB unpacked$`, 'm').exec(stdout), stdout);
    assert.ok(Number(files) > 50, files);
    assert.match(stdout, /^Would commit these files and tag the commit v99\.0\.0$/m);
    assert.equal(await changes(), before);
  });

  for (const [args, reason] of /** @type {[string[], RegExp][]} */ ([
    [['0.0.1', '--dry-run'], /invalid version 0\.0\.1: expected one later than /],
    [['1.2', '--dry-run'], /invalid version "1\.2": expected three numbers/],
    [[], /expected one version, such as 1\.2\.3/],
    [['1.2.3', '--force'], /unknown option "--force" of release/],
  ])) {
    test(`release ${args.join(' ')}: is refused with the reason`, async () => {
      await assert.rejects(release(args), (/** @type {any} */ error) => reason.test(error.stderr));
    });
  }
});
