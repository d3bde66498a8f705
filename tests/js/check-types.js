// Type-checks JavaScript: `node check-types.js FOLDER…`, where each folder has a tsconfig.json.
//
// Prints what the compiler says, and for each folder how often a value escapes the checks by the type `any`. Comments that
// silence the compiler are refused. Exits with 1 where something is wrong.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';

const COMPILER = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** A cast of an expression to `any`. */
const CAST = /\/\*\*\s*@type\s*\{any\}\s*\*\/\s*\(/g;
/** A parameter, variable, member or result of the type `any`, casts included. */
const DECLARED = /@(?:type|param|returns?|property|typedef)\s*\{[^}\n]*\bany\b[^}\n]*\}/g;
const SILENCER = /@ts-(?:ignore|expect-error|nocheck)\b/;

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('Usage: node check-types.js FOLDER…');
  process.exit(2);
}

/** Runs the compiler. Returns its output, and whether it succeeded. */
function compile(...options) {
  try {
    return { text: execFileSync(process.execPath, [COMPILER, ...options], { encoding: 'utf8', maxBuffer: 64 << 20 }), isOk: true };
  } catch (error) {
    if (error.status === null || error.stdout === undefined) throw error;
    return { text: error.stdout, isOk: false };
  }
}

let isClean = true;
for (const folder of folders) {
  const root = resolve(folder);
  const project = join(root, 'tsconfig.json');
  const { text, isOk } = compile('--project', project, '--pretty', 'false');
  if (!isOk) {
    isClean = false;
    console.log(text.trimEnd());
  }
  const files = compile('--project', project, '--listFilesOnly')
    .text.split('\n')
    .filter((file) => /\.m?js$/.test(file) && !relative(root, file).startsWith('..') && !file.includes('/node_modules/'));
  let [casts, declared] = [0, 0];
  for (const file of files) {
    const source = readFileSync(file, 'utf8');
    casts += source.match(CAST)?.length ?? 0;
    declared += source.match(DECLARED)?.length ?? 0;
    const silencer = SILENCER.exec(source);
    if (silencer) {
      isClean = false;
      console.log(`${relative(process.cwd(), file)}: ${silencer[0]} silences the compiler: give the value a type instead`);
    }
  }
  console.log(`${relative(process.cwd(), root)}: ${files.length} files, ${casts} casts to any, ${declared - casts} other uses of any`);
}
process.exit(isClean ? 0 : 1);
