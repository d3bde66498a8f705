// The declarations say what the package is: every call of the operations table, every export, and no more; and every
// example in them works.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import ts from 'typescript-5';
import { present } from '../harness/present.js';
import { compilers, createProject, DIST, moduleSystems } from './compiling.js';
import { declarations } from './declarations.js';
import { calls } from './reference.js';

const declared = declarations();
const table = calls();
/** @type {Record<string, Map<string, ts.Symbol>>} */
const groups = { files: declared.exportsOf(present(declared.all.get('files'))), folders: declared.exportsOf(present(declared.all.get('folders'))) };

// The limit of URLs, which the documentation need not mention.
const UNTOLD = [65_535];
/** @param {string} text */
const withoutSeparators = (text) => text.replace(/(?<=\d),(?=\d{3})/g, '');

suite('calls of the operations table', () => {
  test('reference: lists 27 calls', () => {
    assert.equal(table.length, 27);
    assert.deepEqual(table.find(({ name }) => name === 'generateVideoStreamingUrl'), {
      group: 'files',
      name: 'generateVideoStreamingUrl',
      paged: false,
      parameters: [
        { name: 'fileId', optional: false },
        { name: 'options', optional: true },
      ],
      fields: [
        { path: 'fileId', limits: [1000] },
        { path: 'options.format', limits: [] },
        { path: 'options.expirationInMinutes', limits: [60, 1440] },
      ],
      gives: '',
      errors: ['UNSUPPORTED_MEDIA_TYPE', 'RESOURCE_NOT_FOUND', 'FILE_NOT_READY'],
    });
    assert.equal(table.filter(({ paged }) => paged).length, 8);
  });

  for (const call of table) {
    const names = call.parameters.map(({ name }) => name);
    // The overload that takes the arguments of the table.
    const formOf = () => {
      const symbol = groups[call.group].get(call.name);
      assert.ok(symbol, 'is declared');
      const forms = declared.formsOf(symbol);
      const form = forms.find(({ parameters }) => String(parameters.map(({ name }) => name)) === String([...names, 'call']));
      assert.ok(form, `none of its ${forms.length} forms takes (${names}, call)`);
      return form;
    };

    suite(`${call.group}.${call.name}`, () => {
      test(`${call.group}.${call.name}: takes the arguments of the table and call options`, () => {
        for (const [index, parameter] of formOf().parameters.entries()) {
          const { name, optional } = call.parameters[index] ?? { name: 'call', optional: true };
          // Without a query the call returns a builder, by an overload of its own.
          assert.equal(parameter.optional, optional && name !== 'query', name);
        }
      });

      test(`${call.group}.${call.name}: documents its arguments, its result and an example`, () => {
        const { text, tags } = formOf();
        assert.ok(text.length > 20, `the documentation is ${JSON.stringify(text)}`);
        const documented = tags.filter(({ name }) => name === 'param').map(({ text: whole }) => whole);
        for (const name of [...names, 'call']) {
          assert.ok(documented.some((whole) => whole.startsWith(`${name} `)), `@param ${name}`);
        }
        for (const tag of ['returns', 'throws', 'example']) {
          assert.ok(tags.some(({ name, text: whole }) => name === tag && whole !== ''), `@${tag}`);
        }
      });

      test(`${call.group}.${call.name}: documents its error codes`, () => {
        const thrown = formOf().tags.filter(({ name }) => name === 'throws').map(({ text }) => text).join();
        for (const code of call.errors) assert.match(thrown, new RegExp(`\`${code}\``));
        for (const [, code] of thrown.matchAll(/`([A-Z]+_[A-Z_]+)`/g)) assert.ok(call.errors.includes(code), code);
      });

      test(`${call.group}.${call.name}: documents the limits of its arguments`, () => {
        const { parameters } = formOf();
        for (const { path, limits } of call.fields) {
          const [name, ...rest] = path.split('.');
          const parameter = parameters.find((each) => each.name === name);
          assert.ok(parameter, path);
          const member = rest.length > 0 ? declared.memberAt(parameter.type, rest.join('.')) : undefined;
          assert.ok(rest.length === 0 || member, `${path} is declared`);
          const told = withoutSeparators([parameter.text, member?.text].join(' '));
          for (const limit of limits.filter((each) => !UNTOLD.includes(each))) {
            // 1 is told as "not blank", 2 as "a web address" would be; a number stands for itself from 10 on.
            if (limit >= 10) assert.match(told, new RegExp(`\\b${limit}\\b`), `${path}: ${limit}`);
          }
        }
      });

      test(`${call.group}.${call.name}: returns the result of the table`, () => {
        const { result } = formOf();
        assert.match(result, call.paged ? /^PagedPromise</ : /^Promise</);
        if (call.gives === 'nothing') assert.equal(result, 'Promise<void>');
        if (call.gives === 'file') assert.match(result, /<files\.StoredFile>$|<StoredFile>$/);
        if (call.gives === 'folder') assert.match(result, /<folders\.StoredFolder>$|<StoredFolder>$/);
        if (call.gives === '') assert.match(result, /Results?\b/);
      });
    });
  }

  test('files and folders: declare no other function, except those that take handlers', () => {
    for (const [group, exported] of Object.entries(groups)) {
      for (const [name, symbol] of exported) {
        if (!(symbol.flags & ts.SymbolFlags.Function) || name.startsWith('on')) continue;
        assert.ok(table.some((call) => call.group === group && call.name === name), `${group}.${name}`);
      }
    }
  });
});

suite('documentation', () => {
  test('documentation: covers everything, except the members of an enum that Wix does not explain', () => {
    const plain = declared.undocumented().filter((path) => !path.startsWith('Application.'));
    assert.deepEqual(plain, []);
  });

  test('undocumented: finds what has no documentation', () => {
    const text = '/** A. */ export interface A {\n/** B. */ b: string;\nc: string }\nexport declare namespace n { function f(): void }';
    assert.deepEqual(declarations(text).undocumented(), ['A.c', 'n', 'n.f']);
  });
});

suite('exports', async () => {
  /** @param {string[]} names */
  const sorted = (names) => [...names].sort();
  /** @param {Map<string, ts.Symbol>} exported */
  const valuesOf = (exported) => sorted([...exported].filter(([, symbol]) => declared.isValue(symbol)).map(([name]) => name));
  const require = createRequire(import.meta.url);
  const modules = {
    'node.js': await import(`${DIST}/node.js`),
    'node.cjs': require(`${DIST}/node.cjs`),
    'browser.js': await import(`${DIST}/browser.js`),
  };

  for (const [name, module] of Object.entries(modules)) {
    suite(name, () => {
      test(`${name}: exports exactly what is declared`, () => {
        assert.deepEqual(sorted(Object.keys(module).filter((each) => each !== '__esModule')), valuesOf(declared.all));
      });

      for (const namespace of ['files', 'folders', 'media', 'uploads', 'downloads', 'paths', 'trash', 'default']) {
        test(`${name}: ${namespace} holds exactly what is declared`, () => {
          const held = sorted(Object.keys(module[namespace]));
          assert.deepEqual(held, valuesOf(declared.exportsOf(present(declared.all.get(namespace)))));
        });
      }

      test(`${name}: clients and webhooks hold exactly what is declared`, () => {
        const client = module.createClient({ auth: { apiKey: 'key' } });
        assert.deepEqual(sorted(Object.keys(client)), sorted(declared.membersOf(present(declared.all.get('Client')))));
        assert.deepEqual(sorted(Object.keys(client.webhooks)), sorted(declared.membersOf(present(declared.all.get('Webhooks')))));
        for (const group of ['files', 'folders']) {
          assert.deepEqual(sorted(Object.keys(client[group])), valuesOf(groups[group]));
        }
      });
    });
  }

  test('enums: have the declared values, and those of the official enums at run time', () => {
    /** @type {Record<string, string[]>} */
    const more = { MediaType: ['ICON', 'FLASH', 'FONT', 'RAW'], Namespace: ['DRAFTS', 'DATA_RESTRICTED'] };
    const enums = [...declared.all].filter(([, symbol]) => symbol.flags & ts.SymbolFlags.Enum);
    assert.equal(enums.length, 14);
    for (const [name, symbol] of enums) {
      const values = sorted([...[...present(symbol.exports).keys()].map(String), ...(more[name] ?? [])]);
      assert.deepEqual(sorted(Object.keys(modules['node.js'][name])), values, name);
      assert.deepEqual(sorted(Object.values(modules['node.js'][name])), values, name);
    }
  });

  test('instances: promises, pages, builders and errors have the declared members', async () => {
    const { createClient, WixMediaError } = modules['node.js'];
    const client = createClient({ fetch: answering, auth: { apiKey: 'key' } });
    /**
     * @param {any} value
     * @param {string} name
     */
    const has = (value, name) => {
      for (const member of declared.membersOf(present(declared.all.get(name)))) {
        const key = member.startsWith('__@') ? /** @type {Record<string, any>} */ (Symbol)[present(/^__@(\w+)/.exec(member))[1]] : member;
        assert.ok(key in value, `${name}.${member}`);
      }
    };
    has(client.files.listFiles(), 'PagedPromise');
    for (const [builder, prefix] of [
      [client.files.queryFileDescriptors(), 'Files'],
      [client.folders.queryFolders(), 'Folders'],
    ]) {
      has(builder, `${prefix}QueryBuilder`);
      has(builder.find(), 'PagedPromise');
      has(await builder.find(), `${prefix}QueryResult`);
    }
    const error = await client.files.getFileDescriptor().catch((/** @type {unknown} */ reason) => reason);
    assert.ok(error instanceof WixMediaError);
    const own = declared.membersOf(present(declared.all.get('WixMediaError'))).filter((name) => !['cause', 'stack', 'toJSON'].includes(name));
    assert.deepEqual(sorted(Object.keys(error.toJSON())), sorted(own));
    error.cause = undefined;
    has(error, 'WixMediaError');
  });

  test('hooks: receive the declared members', async () => {
    /** @type {Record<string, object>} */
    const told = {};
    const on = Object.fromEntries(['request', 'response', 'retry'].map((name) => [name, (/** @type {any} */ event) => (told[name] = event)]));
    const answers = [new Response('{}', { status: 503 }), new Response('{}')];
    const client = modules['node.js'].createClient({ on, fetch: async () => answers.shift(), retry: { baseDelayMs: 1 } });
    await client.files.listFiles();
    for (const [name, type] of Object.entries({ request: 'RequestEvent', response: 'ResponseEvent', retry: 'RetryEvent' })) {
      assert.deepEqual(sorted(Object.keys(told[name])), sorted(declared.membersOf(present(declared.all.get(type)))));
    }
  });
});

const FILE = {
  id: 'a1b2c3_river~mv2.jpg',
  displayName: 'river.jpg',
  url: 'https://static.wixstatic.com/media/a1b2c3_river~mv2.jpg',
  operationStatus: 'READY',
  createdDate: '2026-01-05T10:11:12Z',
};
const FOLDER = { id: '0123456789abcdef0123456789abcdef', displayName: 'Animals', parentFolderId: 'media-root' };

/**
 * An answer that suits every call: no two read the same member in different ways.
 *
 * @param {any} url
 * @param {any} init
 */
async function answering(url, init) {
  if (String(url).endsWith('client.wasm')) return new Response(readFileSync(`${DIST}/client.wasm`));
  if (String(url).startsWith('https://upload.wixmp.com/')) return Response.json({ file: FILE });
  if (url === FILE.url) return new Response('bytes');
  assert.ok(String(url).startsWith('https://www.wixapis.com/site-media/v1/'), url);
  assert.match(init.method, /^(GET|POST|PATCH)$/);
  return Response.json({
    file: FILE,
    files: [FILE],
    folder: FOLDER,
    folders: [FOLDER],
    nextCursor: { cursors: { next: '' }, hasNext: false },
    pagingMetadata: { count: 1, cursors: {}, hasNext: false },
    results: [{ itemMetadata: { id: FILE.id, originalIndex: 0, success: true }, item: FILE }],
    bulkActionMetadata: { totalSuccesses: 1, totalFailures: 0, undetailedFailures: 0 },
    downloadUrl: String(url).endsWith('stream-url') ? { url: FILE.url, assetKey: 'HLS' } : FILE.url,
    downloadUrls: [{ url: FILE.url, assetKey: 'src' }],
    uploadUrl: 'https://upload.wixmp.com/upload/token',
    uploadToken: 'token',
  });
}

/** Names that the examples may use without declaring them. */
const GIVEN = {
  fileId: 'string',
  otherFileId: 'string',
  folderId: 'string',
  jwt: 'string',
  publicKey: 'string',
  directory: 'string',
  client: "import('wix-media.v2').Client",
};

suite('examples', () => {
  const examples = declared.examples();
  const values = [...declared.all].filter(([, symbol]) => declared.isValue(symbol)).map(([name]) => name);
  const names = values.map((name) => (name === 'default' ? 'wixMedia' : name));
  const imports = `import { ${values.map((name) => (name === 'default' ? 'default as wixMedia' : name)).join(', ')} } from 'wix-media.v2';`;
  /** @param {string} code */
  const hasImport = (code) => /^import /m.test(code);

  test('examples: are all found, and more than sixty', () => {
    const text = readFileSync(`${DIST}/index.d.ts`, 'utf8');
    assert.equal(examples.length, present(text.match(/@example/g)).length);
    assert.ok(examples.length > 60, `${examples.length} examples`);
  });

  for (const compiler of compilers) {
    suite(`compile with ${compiler.name}`, () => {
      /** @type {Awaited<ReturnType<typeof createProject>>} */
      let project;
      before(async () => {
        project = await createProject();
        const given = Object.entries(GIVEN).map(([name, type]) => `declare const ${name}: ${type};`).join('\n');
        for (const { line, code } of examples) {
          // A block of its own, so that an example may redeclare imported names.
          const text = hasImport(code) ? code : `${imports}\n${given}\nasync () => {\n${code}};\nexport {};\n`;
          await project.write(`examples/line-${line}.ts`, text);
        }
      });
      after(() => project.remove());

      test(`examples: compile with ${compiler.name}`, async () => {
        assert.deepEqual(await project.errors(compiler, ['examples'], moduleSystems.node16), []);
      });
    });
  }

  suite('run', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    /** @param {unknown} value */
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const event = { id: 'e1', entityId: FILE.id, slug: 'file_ready', eventTime: '2026-01-05T10:11:12Z', actionEvent: { body: { file: FILE } } };
    const envelope = {
      eventType: 'wix.media.site_media.v1.file_descriptor_file_ready',
      instanceId: 'i1',
      data: JSON.stringify(event),
    };
    const signed = `${part({ alg: 'RS256' })}.${part({ data: JSON.stringify(envelope), exp: Date.now() / 1000 + 86_400 })}`;
    const given = {
      fileId: FILE.id,
      otherFileId: 'a1b2c3_bridge~mv2.jpg',
      folderId: FOLDER.id,
      jwt: `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
      directory: mkdtempSync(join(tmpdir(), 'wix-media-')),
    };
    const AsyncFunction = /** @type {new (...text: string[]) => (...args: unknown[]) => Promise<void>} */ ((async () => {}).constructor);
    const { fetch } = globalThis;
    before(() => {
      globalThis.fetch = answering;
      process.env.WIX_API_KEY = 'key';
      process.env.WIX_SITE_ID = 'site';
      // The examples list upload records, which must not be those of the user or of other tests.
      process.env.XDG_STATE_HOME = given.directory;
    });
    after(() => {
      rmSync(given.directory, { recursive: true });
      globalThis.fetch = fetch;
      delete process.env.WIX_API_KEY;
      delete process.env.WIX_SITE_ID;
      delete process.env.XDG_STATE_HOME;
    });

    for (const { line, code } of examples) {
      test(`example at line ${line}: runs`, async () => {
        // Each has its own instance of the package, since configure() and init() work once.
        const module = await import(`${DIST}/node.js?line=${line}`);
        const scope = {
          ...given,
          client: module.createClient({ auth: { apiKey: 'key', siteId: 'site' } }),
          location: { href: 'https://www.example.com/' },
          console: { log() {}, info() {}, warn() {} },
        };
        const { outputText } = ts.transpileModule(code.replace(/^import .*\n/gm, ''), {
          compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
        });
        const run = new AsyncFunction(...names, ...Object.keys(scope), `{${outputText.replace(/^export \{\};$/m, '')}}`);
        await run(...values.map((name) => module[name]), ...Object.values(scope));
      });
    }
  });
});
