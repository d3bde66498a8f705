// When the WebAssembly module is loaded, and from where. Each case runs in a process of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const dist = new URL('../../../dist/', import.meta.url);
const wasm = fileURLToPath(new URL('client.wasm', dist));

// Counts the calls of WebAssembly and fetch.
const WATCH = `
  import { readFileSync } from 'node:fs';
  const asked = [];
  // Node's own fetch compiles a module when it is first read.
  const note = (name) => new Error().stack.includes('node:internal/deps') || asked.push(name);
  for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming', 'Module', 'Instance']) {
    const original = WebAssembly[name];
    WebAssembly[name] = name[0] === name[0].toUpperCase()
      ? new Proxy(original, { construct: (target, args) => (note(name), new target(...args)) })
      : (...args) => (note(name), original(...args));
  }
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (url) => {
    asked.push('fetch');
    return new Response('{"files":[]}');
  };
  const before = new Set(Reflect.ownKeys(globalThis));
  const bytes = readFileSync(${JSON.stringify(wasm)});
  const { default: wixMedia, createClient, init } = await import(${JSON.stringify(new URL('node.js', dist).href)});
  const compiled = () => asked.filter((name) => /^compile|Module/.test(name)).length;
  const client = createClient({ auth: { apiKey: 'k' } });
  const say = (value) => console.log(JSON.stringify(value));
`;

/** @param {string} code */
async function run(code) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', WATCH + code]);
  assert.equal(stderr, '');
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

suite('import', () => {
  test('import: loads and sends nothing, also when clients are created', async () => {
    const [asked, added] = await run(`
      createClient();
      wixMedia.files.queryFileDescriptors().eq('state', 'OK');
      await new Promise((resolve) => setTimeout(resolve, 20));
      say(asked);
      say(Reflect.ownKeys(globalThis).filter((key) => !before.has(key)).map(String));
    `);
    assert.deepEqual(asked, []);
    assert.deepEqual(added, []);
  });

  test('import: has a default object with every export', async () => {
    const [names] = await run(`say(Object.keys(wixMedia));`);
    for (const name of ['files', 'folders', 'createClient', 'configure', 'init', 'media', 'WixMediaError']) {
      assert.ok(names.includes(name), name);
    }
  });
});

suite('loading', () => {
  test('module: is loaded once, at the first of concurrent calls', async () => {
    const [first, later] = await run(`
      await Promise.all([client.files.listFiles(), client.folders.listFolders(), createClient({ auth: { apiKey: 'x' } }).files.searchFiles()]);
      say(compiled());
      await client.files.listFiles();
      say(compiled());
    `);
    assert.equal(first, 1);
    assert.equal(later, 1);
  });

  test('module: is not loaded for an aborted call', async () => {
    const [count] = await run(`
      await client.files.listFiles({}, { signal: AbortSignal.abort() }).catch(() => {});
      say(compiled());
    `);
    assert.equal(count, 0);
  });

  for (const [name, source] of [
    ['bytes', 'bytes'],
    ['an ArrayBuffer', 'bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)'],
    ['a module', 'await WebAssembly.compile(bytes)'],
    ['a Response', "new Response(bytes, { headers: { 'content-type': 'application/wasm' } })"],
    ['a Response of unknown type', 'new Response(bytes)'],
    ['a promise of bytes', 'Promise.resolve(bytes)'],
    ['a URL', "(globalThis.fetch = (url) => (asked.push(String(url)), Promise.resolve(new Response(String(url).endsWith('.wasm') ? bytes : '{\"files\":[]}'))), new URL('https://cdn.example.com/client.wasm'))"],
    ['the text of a URL', "(globalThis.fetch = (url) => Promise.resolve(new Response(String(url).endsWith('.wasm') ? bytes : '{\"files\":[]}')), 'https://cdn.example.com/client.wasm')"],
  ]) {
    test(`init: accepts ${name}`, async () => {
      const [result] = await run(`
        await init(${source});
        say(await client.files.listFiles());
      `);
      assert.deepEqual(result, { files: [] });
    });
  }

  test('init: loads the module of the first call without an argument', async () => {
    const [count] = await run(`await init(); await init(); await client.files.listFiles(); say(compiled());`);
    assert.equal(count, 1);
  });

  for (const [name, source] of [
    ['bytes that are not WebAssembly', 'new Uint8Array([1, 2, 3, 4])'],
    ['a page of HTML', "new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } })"],
    ['a promise that rejects', "Promise.reject(new Error('no disk'))"],
    ['a URL that cannot be fetched', "(globalThis.fetch = () => Promise.reject(new TypeError('offline')), new URL('https://cdn.example.com/client.wasm'))"],
  ]) {
    test(`init: rejects with a typed error for ${name}, and the next call loads its own module`, async () => {
      const [error, result] = await run(`
        await init(${source}).catch(({ name, code, message }) => say({ name, code, message }));
        globalThis.fetch = async () => new Response('{"files":[]}');
        say(await client.files.listFiles());
      `);
      assert.equal(error.name, 'WixMediaError');
      assert.equal(error.code, 'MODULE_NOT_LOADED');
      assert.deepEqual(result, { files: [] });
    });
  }
});

test('process: ends when the calls have ended', async () => {
  const [result] = await run(`say(await client.files.listFiles());`);
  assert.deepEqual(result, { files: [] });
});
