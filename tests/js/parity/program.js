// Programs of the TypeScript compiler over declarations. They share the parsed standard library, which takes most of the time.
import ts from 'typescript-5';

/** @type {Map<string, ts.SourceFile>} */
const library = new Map();

/**
 * @param {string[]} files
 * @returns {ts.Program}
 */
export function programOf(files) {
  const options = { strict: true, skipLibCheck: true, types: [], lib: ['lib.es2023.d.ts'] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    const known = library.get(name);
    if (known) return known;
    const source = getSourceFile(name, ...rest);
    if (source && /[/\\]lib\.[\w.]+\.d\.ts$/.test(name)) library.set(name, source);
    return source;
  };
  return ts.createProgram(files, options, host);
}
