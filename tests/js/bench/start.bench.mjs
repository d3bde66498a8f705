// From import to the first result, in processes of their own, official SDK and ours in turns. Medians; never a test.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { oneFile } from './answers.mjs';

const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 15);
const TARGET = 0.2;
const folder = fileURLToPath(new URL('..', import.meta.url));
const packageUrl = new URL('../harness/package.js', import.meta.url).href;

const answer = `const fetch = async () => new Response(${JSON.stringify(oneFile)}, { status: 200 });`;
const SCRIPTS = {
  official: `
    const [{ createClient, ApiKeyStrategy }, { files }] = await Promise.all([import('@wix/sdk'), import('@wix/media')]);
    const client = createClient({ modules: { files }, auth: ApiKeyStrategy({ apiKey: 'key', siteId: 'site' }), fetch });`,
  ours: `
    const { createClient } = await import(${JSON.stringify(packageUrl)});
    const client = createClient({ auth: { apiKey: 'key', siteId: 'site' }, fetch });`,
};

/** @param {keyof typeof SCRIPTS} name */
function run(name) {
  const code = `${answer}
    new Response('');
    const start = performance.now();
    ${SCRIPTS[name]}
    await client.files.getFileDescriptor('f1');
    console.log(performance.now() - start);`;
  const begin = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { inside: Number(stdout), whole: performance.now() - begin };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

const SIDES = /** @type {const} */ (['official', 'ours']);
/** @type {Record<keyof typeof SCRIPTS, { inside: number, whole: number }[]>} */
const times = { official: [], ours: [] };
for (const name of SIDES) run(name);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of round % 2 ? SIDES : SIDES.toReversed()) times[name].push(run(name));
}

/** @param {keyof typeof SCRIPTS} name */
const inside = (name) => median(times[name].map((time) => time.inside));
/** @param {keyof typeof SCRIPTS} name */
const whole = (name) => median(times[name].map((time) => time.whole));
const ratio = inside('ours') / inside('official');
console.log(`fresh Node process, medians of ${ROUNDS}\n`);
console.log(`import to first result   official ${inside('official').toFixed(1)} ms   ours ${inside('ours').toFixed(1)} ms   ${ratio.toFixed(2)}×   target ≤ ${TARGET.toFixed(2)}×${ratio <= TARGET ? '' : '  missed'}`);
console.log(`the whole process        official ${whole('official').toFixed(1)} ms   ours ${whole('ours').toFixed(1)} ms   ${(whole('ours') / whole('official')).toFixed(2)}×`);
