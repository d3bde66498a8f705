// Firefox and WebKit of the machine, each by its own protocol: Marionette, and WebDriver over HTTP. Neither needs a package.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../harness/port.js';

/**
 * @import { Readable } from 'node:stream'
 * @import { Closing } from '../harness/types.d.ts'
 */

/**
 * A window of a browser. `evaluate` runs the body of an asynchronous function in the page, and resolves to what it returns.
 * `openTab` opens a tab and turns to it; `closeTab` closes the present one and turns to another.
 *
 * @typedef {{
 *   name: string,
 *   version: string,
 *   goto(url: string): Promise<void>,
 *   evaluate(body: string, ...args: unknown[]): Promise<any>,
 *   openTab?(): Promise<string>,
 *   showTab?(tab: string): Promise<void>,
 *   closeTab?(next: string): Promise<void>,
 *   tab?(): Promise<string>,
 * }} Driven
 */

/** Milliseconds that a page or a script may take. They only end a test that hangs. */
const PATIENCE = 600_000;
const timeouts = { script: PATIENCE, pageLoad: PATIENCE, implicit: 0 };

/** What both protocols name alike. The script passes on the name and the message of what it throws.  */
const scriptOf = (/** @type {string} */ body) => `const done = arguments[arguments.length - 1];
  (async (...args) => { ${body} })(...[...arguments].slice(0, -1)).then((value) => done({ value }), (error) => done({ failure: String(error) }));`;

/** @param {{ value?: unknown, failure?: string }} outcome */
function resultOf({ value, failure }) {
  if (failure !== undefined) throw new Error(failure);
  return value;
}

/**
 * Starts a program, which is killed with `closing`.
 *
 * @param {Closing} closing
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function startProgram(closing, command, args, env = {}) {
  const program = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise((resolve) => program.on('exit', resolve));
  program.on('error', () => {});
  closing.after(async () => {
    if (!program.pid) return;
    try {
      // Its own children too: neither browser ends them when it is killed.
      process.kill(-program.pid, 'SIGKILL');
    } catch (/** @type {any} */ error) {
      // A browser that crashed has left nobody behind.
      if (error.code !== 'ESRCH') throw error;
    }
    await ended;
  });
  return program;
}

/**
 * Resolves to the first match of a line.
 *
 * @param {Readable} stream
 * @param {RegExp} pattern
 */
async function firstMatch(stream, pattern) {
  let said = '';
  for await (const line of createInterface({ input: stream })) {
    const found = pattern.exec(line);
    if (found) {
      stream.resume();
      return found[1];
    }
    said += `${line}\n`;
  }
  throw new Error(`the browser ended before it listened\n${said}`);
}

/** @param {Closing} closing */
async function scratch(closing) {
  const folder = await mkdtemp(join(tmpdir(), 'wix-media-browser-'));
  closing.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/**
 * Starts Firefox without a window. It is driven by Marionette: JSON with its length before it, on a socket.
 *
 * @param {Closing} closing
 * @returns {Promise<Driven>}
 */
export async function startFirefox(closing) {
  const profile = await scratch(closing);
  await writeFile(join(profile, 'user.js'), 'user_pref("marionette.port", 0); user_pref("browser.shell.checkDefaultBrowser", false); user_pref("datareporting.policy.dataSubmissionEnabled", false); user_pref("app.update.disabledForTesting", true);');
  const program = startProgram(closing, 'firefox-esr', ['--headless', '--no-remote', '--marionette', '--profile', profile], { HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' });
  program.stderr.resume();
  const port = await firstMatch(program.stdout, /Marionette\tINFO\tListening on port (\d+)/);
  const socket = connect(Number(port), '127.0.0.1');
  closing.after(() => void socket.destroy());
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  /** @type {Buffer} */
  let read = Buffer.alloc(0);
  /** @type {(value: unknown) => void} */
  let greeted = () => {};
  const greeting = new Promise((resolve) => (greeted = resolve));
  socket.on('data', (/** @type {Buffer} */ chunk) => {
    read = Buffer.concat([read, chunk]);
    for (let colon = read.indexOf(':'); colon > 0; colon = read.indexOf(':')) {
      const end = colon + 1 + Number(read.subarray(0, colon));
      if (read.length < end) return;
      const message = JSON.parse(read.subarray(colon + 1, end).toString());
      read = read.subarray(end);
      if (!Array.isArray(message)) {
        greeted(message);
        continue;
      }
      const [, id, error, result] = message;
      const { resolve, reject } = /** @type {NonNullable<ReturnType<typeof waiting.get>>} */ (waiting.get(id));
      waiting.delete(id);
      if (error) reject(new Error(`${error.error}: ${error.message}`));
      else resolve(result);
    }
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox closed the connection'));
  });
  await greeting;
  let last = 0;
  const send = (/** @type {string} */ command, /** @type {object} */ parameters) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      const text = JSON.stringify([0, last, `WebDriver:${command}`, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  const { capabilities } = await send('NewSession', { timeouts });
  return {
    name: 'Firefox ESR',
    version: capabilities.browserVersion.split('.')[0],
    goto: async (url) => void (await send('Navigate', { url })),
    evaluate: async (body, ...args) => resultOf((await send('ExecuteAsyncScript', { script: scriptOf(body), args })).value),
    tab: async () => (await send('GetWindowHandle', {})).value,
    async openTab() {
      const { handle } = await send('NewWindow', { type: 'tab' });
      await send('SwitchToWindow', { handle });
      return handle;
    },
    showTab: async (handle) => void (await send('SwitchToWindow', { handle })),
    async closeTab(handle) {
      await send('CloseWindow', {});
      await send('SwitchToWindow', { handle });
    },
  };
}

/** Parts of WebKit that Safari has, and that its port to GTK leaves off unless a program asks for them. */
const FEATURES = '--features=AccessHandle,FileSystem,FileSystemWritableStream,StorageAPI,StorageAPIEstimate';

/**
 * Starts WebKit on a screen of its own.
 *
 * @param {Closing} closing
 * @returns {Promise<Driven>}
 */
export async function startWebKit(closing) {
  const home = await scratch(closing);
  const screen = startProgram(closing, 'Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
  screen.stderr.resume();
  const display = await firstMatch(screen.stdout, /^(\d+)$/);
  const port = await freePort();
  const program = startProgram(closing, 'WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { DISPLAY: `:${display}`, HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' });
  program.stdout.resume();
  program.stderr.resume();
  await accepts(port, program);
  const send = (/** @type {string} */ path, /** @type {object} */ parameters) => post(`http://127.0.0.1:${port}/session${path}`, parameters);
  const { sessionId, capabilities } = await send('', { capabilities: { alwaysMatch: { timeouts, 'webkitgtk:browserOptions': { args: ['--automation', FEATURES] } } } });
  return {
    name: 'WebKitGTK',
    version: capabilities.browserVersion,
    goto: async (url) => void (await send(`/${sessionId}/url`, { url })),
    evaluate: async (body, ...args) => resultOf(await send(`/${sessionId}/execute/async`, { script: scriptOf(body), args })),
  };
}

/**
 * Resolves when a program accepts connections. WebKitWebDriver prints nothing when it does.
 *
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} program
 */
async function accepts(port, program) {
  const isOpen = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(Boolean(socket.end()))).on('error', () => resolve(false));
    });
  while (!(await isOpen())) {
    if (program.exitCode !== null || program.pid === undefined) throw new Error('WebKitWebDriver ended before it listened');
    await delay(50);
  }
}

/**
 * Sends a command. `fetch` would give up on an answer after five minutes.
 *
 * @param {string} url
 * @param {object} parameters
 * @returns {Promise<any>}
 */
async function post(url, parameters) {
  const call = request(url, { method: 'POST' });
  call.end(JSON.stringify(parameters));
  const [answer] = await once(call, 'response');
  const { value } = JSON.parse(await text(answer));
  if (answer.statusCode !== 200) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
