// The documents' code runs, their commands exist, and they explain every code of the client.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from '../../../pkg-template/cli/parse.js';
import { present } from '../harness/present.js';
import { blocks, commands, links, run } from './markdown.js';
import { credentials, project, remove } from './project.js';
import { file, startSite } from './site.js';

/** @import { TestContext } from 'node:test' */

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** @param {string} name */
const read = (name) => readFile(join(root, name), 'utf8');
/** @param {string} folder */
const inFolder = async (folder) => (await readdir(join(root, folder))).filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);

const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  'pkg-template/README.md',
  ...(await inFolder('docs')),
  ...(await inFolder('docs/guides')),
  ...(await inFolder('docs/sync')),
];
/** @type {Map<string, string>} */
const texts = new Map(await Promise.all(documents.map(async (name) => /** @type {const} */ ([name, await read(name)]))));

/** The files of the site that the programs run on. */
const contents = () => ({
  files: [
    file('river.jpg', { labels: ['water'] }),
    file('red fox.jpg', { labels: ['snow'], updatedDate: '2024-01-09T10:11:12.000Z' }),
    file('forest.jpg', { updatedDate: '2024-01-08T10:11:12.000Z' }),
    file('clip.mp4'),
    file('price list.pdf'),
  ],
  trash: [file('old.jpg'), file('older.jpg'), file('old.mp4')],
});

suite('documents', { concurrency: 4 }, () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project();
  });
  after(() => remove(folder));

  for (const [name, text] of texts) {
    for (const block of blocks(text).filter(({ language }) => language === 'js')) {
      test(`${name}, line ${block.line}`, async (t) => {
        const site = await startSite(contents());
        t.after(() => site.close());
        const problem = await run(block, folder, { ...credentials, SITE_ORIGIN: site.origin });
        assert.equal(problem, undefined, String(problem));
      });
    }
  }

  test('READMEs: have at least five programs, and show output', () => {
    for (const name of ['README.md', 'pkg-template/README.md']) {
      const code = blocks(present(texts.get(name))).filter(({ language }) => language === 'js');
      assert.ok(code.length >= 5, name);
      assert.ok(code.some((block) => /\/\/ → /.test(block.code)), `${name} shows no output`);
    }
  });

  test('documents: run every program', () => {
    const unrun = documents.filter((name) => blocks(present(texts.get(name))).some(({ language }) => language === 'js no-run'));
    assert.deepEqual(unrun, []);
  });
});

/**
 * Which tests run the blocks of a language, by document. The other documents have none.
 *
 * @type {Record<string, Record<string, string[]>>}
 */
const RUN_BY = {
  html: {
    'README.md': ['page/readme.test.js'],
    'docs/guides/vite.md': ['tools/guides.test.js'],
    'docs/offline.md': ['examples/html.test.js'],
    'docs/page.md': ['page/frames.test.js'],
    'docs/picker.md': ['examples/html.test.js'],
  },
  sh: {
    'README.md': ['package/readme.test.js'],
    // Commands of contributors, which the rings and .ci/run consist of.
    'CONTRIBUTING.md': [],
    'examples/README.md': ['examples/examples.test.js', 'examples/photographs.test.js', 'tools/leptos.test.js'],
    'pkg-template/README.md': ['package/readme.test.js'],
    'docs/command.md': ['package/shell.test.js'],
    'docs/page.md': ['package/shell.test.js'],
    'docs/platform.md': ['tools/single-executable.test.js'],
    // Likewise: it writes the page.
    'docs/reference.md': [],
    'docs/server.md': ['team/server.test.js', 'team/database.test.js', 'team/sites.test.js', 'team/webhooks.test.js', 'team/failover.test.js'],
    'docs/start.md': ['package/shell.test.js'],
    'docs/sync.md': ['package/shell.test.js'],
    'docs/testing.md': ['package/shell.test.js'],
    'docs/guides/angular.md': ['tools/guides.test.js'],
    'docs/guides/jest.md': ['tools/guides.test.js'],
    'docs/guides/next.md': ['tools/guides.test.js'],
    'docs/guides/vite.md': ['tools/guides.test.js'],
    'docs/sync/back-up.md': ['sync/pages.test.js'],
    'docs/sync/leave.md': ['sync/pages.test.js'],
    'docs/sync/move.md': ['sync/pages.test.js'],
    'docs/sync/publish.md': ['sync/pages.test.js'],
  },
};

suite('blocks of shells and pages', () => {
  for (const [language, runners] of Object.entries(RUN_BY)) {
    test(`${language}: each document with one has a test`, () => {
      const having = documents.filter((name) => blocks(present(texts.get(name))).some((block) => block.language === language));
      assert.deepEqual(Object.keys(runners).sort(), having.sort());
      for (const name of Object.values(runners).flat()) assert.ok(existsSync(join(root, 'tests/js', name)), name);
    });
  }
});

suite('the runner', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project();
  });
  after(() => remove(folder));

  /**
   * @param {string} markdown
   * @param {TestContext} t
   */
  const found = async (markdown, t) => {
    const site = await startSite(contents());
    t.after(() => site.close());
    const [block] = blocks(markdown);
    return run(block, folder, { ...credentials, SITE_ORIGIN: site.origin });
  };
  /** @param {...string} lines */
  const fence = (...lines) => ['```js', ...lines, '```'].join('\n');
  const list = "import { files } from 'wix-media.v2';\nconst page = await files.listFiles();";

  test('runner: accepts the output that the comments name', async (t) => {
    assert.equal(await found(fence(list, 'console.log(page.files.length); // → 5'), t), undefined);
  });

  test('runner: reports wrong, missing and unannounced output', async (t) => {
    for (const line of ['console.log(page.files.length); // → 6', '// → 5', 'console.log(5);', 'console.log(5); // → 5\n// → 6']) {
      assert.match(present(await found(fence(list, line), t)), /it prints/, line);
    }
  });

  test('runner: reports code that fails', async (t) => {
    for (const line of ['syntax error', 'undeclared;', "throw new Error('no');", 'Promise.reject(new Error());', "await files.getFileDescriptor('missing');"]) {
      assert.match(present(await found(fence(list, line), t)), /it ends with 1/, line);
    }
    assert.match(present(await found(fence("process.emitWarning('careful');"), t)), /it complains/);
  });

  test('runner: lets no request leave the machine', async (t) => {
    assert.match(present(await found(fence("await fetch('https://example.com/');"), t)), /nobody is at https:\/\/example\.com/);
  });

  test('runner: refuses hidden lines', () => {
    assert.throws(() => blocks(`<!-- before\nconst hidden = 1;\n-->\n${fence('hidden;')}`), /line 1: hidden lines/);
  });

  test('runner: refuses blocks of other languages', () => {
    assert.throws(() => blocks('```javascript\n```'), /nobody looks after a block of javascript/);
    assert.throws(() => blocks('```\n```'), /a block of nothing/);
    assert.throws(() => blocks('```js\nlet a;'), /does not end/);
    assert.deepEqual(
      blocks(`${fence('a')}\n\n\`\`\`js no-run\nb\n\`\`\``).map(({ language, code, line }) => [language, code, line]),
      [['js', 'a', 1], ['js no-run', 'b', 5]],
    );
  });
});

suite('commands', () => {
  /** @type {string[]} */
  let known;
  /** @type {string[]} */
  let rings;
  /** @type {Set<string>} */
  let serverOptions;
  before(async () => {
    const source = await read('xtask/src/main.rs');
    const [, usage] = present(/const USAGE: &str = "\\\n([^"]*)"/.exec(source));
    known = [...usage.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name);
    const [, list] = present(/run the tests: ([^(]*) \(/.exec(usage));
    rings = list.split(', ');
    const settings = await read('server/src/settings/table.rs');
    serverOptions = new Set([...settings.matchAll(/^ +"([a-z-]+)",$/gm)].map(([, name]) => name));
  });

  /**
   * @param {string} command
   * @returns {string | undefined}
   */
  const problemWith = (command) => {
    const [program, ...words] = command.split(' ');
    switch (program) {
      case 'cargo': {
        const [subcommand, name, ...rest] = words;
        if (subcommand === 'test') return undefined;
        // In the folder of the native server.
        if (['build --release', 'update --workspace'].includes(words.join(' '))) return undefined;
        // `cargo xtask`, which comes next, is only known in the root.
        if (words.join(' ') === 'build --release --target wasm32-unknown-unknown --manifest-path examples/leptos/Cargo.toml') return undefined;
        // In the folder of the example in Rust.
        if (subcommand === 'run' && name === '--') return existsSync(join(root, 'examples/rust/Cargo.toml')) ? undefined : 'there is no example in Rust';
        if (subcommand !== 'xtask') return 'only cargo xtask and cargo test are for contributors';
        if (!known.includes(name)) return `there is no cargo xtask ${name}`;
        if (name === 'test') return rest.join(' ').replace(/--node \d+ ?/, '').split(' ').every((word) => word === '' || word === '--quick' || rings.includes(word)) ? undefined : 'there is no such ring';
        /** @type {Record<string, RegExp>} */
        const takes = { bench: /^(team( [a-z]+)*( --rows \d+)?)?$/, start: /^(--team( --s3)?)?( ?--port \d+)?$/, soak: /^( ?--(minutes|seed) \d+)*$/, fuzz: /^((http|media)( --(cases|seed) \d+)*|[a-z_ ]*(--seconds \d+)?)$/, release: /^\d+\.\d+\.\d+( --dry-run)?$/, 'server-tarball': /^(--test)?$/, 'wasm-bindgen': /^(--target web --out-dir \S+ \S+)?$/ };
        return (takes[name] ?? /^(--port \d+)?$/).test(rest.join(' ')) ? undefined : `${name} takes no ${rest}`;
      }
      case 'node':
        if (words[0] === '--experimental-sea-config') return undefined;
        if (words[0] === '--test') return existsSync(join(root, words[1])) ? undefined : `there is no test ${words[1]}`;
        return existsSync(join(root, 'examples', words[0])) ? undefined : `there is no example ${words[0]}`;
      case 'npx':
        // Tools of users, which the ring `tools` runs.
        if (['@angular/cli@latest', 'create-next-app@latest', 'esbuild', 'jest', 'postject'].includes(words[0])) return undefined;
        return /^wix-media(\.v2)?$/.test(words[0]) ? problemWith(['wix-media', ...words.slice(1)].join(' ')) : 'npx is for the command of the package';
      case 'wix-media':
        try {
          parse(words.join(' ').replace(/ >>? .*/, '').match(/"[^"]*"|\S+/g) ?? []);
          return undefined;
        } catch (/** @type {any} */ error) {
          return error.message;
        }
      case 'wix-media-server':
      case 'target/release/wix-media-server': {
        const unknown = words.find((word) => word.startsWith('--') && !serverOptions.has(word.slice(2)) && word !== '--sample' && word !== '--scope');
        return ['serve', 'migrate', 'site', 'check', 'fsck', 'export', 'import'].includes(words[0]) && !unknown ? undefined : `wix-media-server takes no ${unknown ?? words[0]}`;
      }
      case 'npm':
        return /^(?:install|create vite@latest|run (?:dev|build)|start)\b/.test(words.join(' ')) ? undefined : 'npm installs, creates and starts projects';
      case 'rustup':
        return words.join(' ') === 'target add wasm32-unknown-unknown' ? undefined : 'rustup adds the target of pages';
      case 'cd':
        if (words[0] === 'my-pictures') return undefined;
        return existsSync(join(root, words[0])) ? undefined : `there is no folder ${words[0]}`;
      case 'export':
      // Programs of the system.
      case 'cp':
      case 'createdb':
      case 'curl':
      case 'docker':
      case 'echo':
      case 'grep':
      case 'mkdir':
      case 'mv':
      case 'pg_basebackup':
      case 'pg_dump':
      case 'pg_receivewal':
      case 'pg_restore':
      case 'rclone':
        return undefined;
      case 'python3':
        return words.join(' ') === '-m http.server' ? undefined : 'python3 is for a web server';
      default:
        return /^[A-Z_]+=\S+$/.test(program) && words.length > 0 ? problemWith(words.join(' ')) : `what is ${program}?`;
    }
  };

  for (const [name, text] of texts) {
    test(`of ${name} exist`, () => {
      for (const command of commands(text)) assert.equal(problemWith(command), undefined, command);
    });
  }

  test('commands: unknown ones are found', () => {
    assert.deepEqual(known, ['build', 'start', 'test', 'check', 'docs', 'size', 'bench', 'parity', 'soak', 'fuzz', 'server-tarball', 'msrv', 'release', 'screenshots', 'platform', 'file-types', 'wasm-bindgen', 'help']);
    assert.deepEqual(rings.length, 10);
    assert.ok(serverOptions.has('data'));
    const text = 'Run `cargo xtask deploy`.\n\n```sh\ncargo xtask test moon   # no such ring\nnode gone.js\nrm -r .\nnpx wix-media lss\nwix-media ls --no-such\ntarget/release/wix-media-server serve --no-such\n```\n';
    assert.deepEqual(commands(text).map((command) => problemWith(command) === undefined), Array(7).fill(false));
  });

  test('README: names cargo xtask start and cargo xtask test', () => {
    const named = commands(present(texts.get('README.md')));
    for (const command of ['cargo xtask start', 'cargo xtask test']) assert.ok(named.includes(command), command);
  });
});

suite('codes of the client', () => {
  /**
   * @param {string} text
   * @param {string} start
   * @param {string} end
   */
  const between = (text, start, end) => text.slice(text.indexOf(start), text.indexOf(end));
  /** @param {string} text */
  const listed = (text) => [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => code);

  /** Every code that the sources make, in JavaScript and in Rust. */
  async function made() {
    const folder = join(root, 'pkg-template/client');
    const scripts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    const core = await Promise.all(['failure', 'retry', 'response'].map((name) => read(`src/client/${name}.rs`)));
    const codes = [
      ...scripts.join('').matchAll(/code: '([A-Z_]+)'/g),
      ...core.join('').matchAll(/b"((?:INVALID|NO)_[A-Z_]+)"/g),
    ].map(([, code]) => code);
    return [...new Set(codes)].sort();
  }

  const tables = {
    'docs/errors.md': (/** @type {string} */ text) => between(text, '## Codes of the client', '## Codes of uploads'),
    'pkg-template/README.md': (/** @type {string} */ text) => between(text, '| code | meaning |', '`retry` says'),
  };
  for (const [name, part] of Object.entries(tables)) {
    test(`${name} explains each, and no other`, async () => {
      const rows = part(present(texts.get(name))).split('\n').filter((line) => line.startsWith('| `'));
      assert.deepEqual(rows.flatMap((line) => listed(line.split(' | ')[0])).sort(), await made());
    });
  }

  test('codes: are at least ten', async () => assert.ok((await made()).length >= 10));
});

// tests/it/links.rs resolves the links of every document.
// The build leads links to `../` into the repository.
test('package README: links to the documentation, and to nothing in the package', () => {
  const targets = links(present(texts.get('pkg-template/README.md')));
  assert.deepEqual(targets.filter((target) => !target.startsWith('../')), []);
  for (const tool of ['vite', 'next', 'angular', 'jest']) assert.ok(targets.includes(`../docs/guides/${tool}.md`), tool);
});
