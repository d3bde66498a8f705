// The declarations of the package: code for the official modules compiles against them, and wrong code does not.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { blocks } from '../examples/markdown.js';
import { agreementFixture, comparedTypes } from './agreement.js';
import { compilers, createProject, moduleSystems } from './compiling.js';

const OFFICIAL = /'@wix\/media'/g;

/** Options that find every fault in the declarations alone. */
const strictest = {
  ...moduleSystems.node16,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};

const agreement = agreementFixture();

/**
 * A project with all fixtures, and the declarations changed by `edit`.
 *
 * @param {((declarations: string) => string)} [edit]
 */
async function filledProject(edit) {
  const project = await createProject(edit);
  await project.write('agreement/types.ts', agreement);
  await project.write('alone/alone.ts', "export * from 'wix-media.v2'; export * from 'wix-media.v2/testing';");
  // Readers have declared their variables of the environment.
  await project.write('documents/next.d.ts', "declare module 'next/dynamic' { export default function dynamic<T>(load: () => Promise<{ default: T }>, options: { ssr: boolean }): T }");
  await project.write('documents/photographs.tsx', 'export default function Photographs() { return <p>Photographs</p>; }');
  await project.write('documents/env.d.ts', 'declare namespace NodeJS { interface ProcessEnv { WIX_API_KEY: string; WIX_SITE_ID: string } }');
  for (const [name, code] of await documented()) await project.write(`documents/${name}`, code);
  for (const name of ['agreement', 'commonjs', 'official', 'ours', 'refused']) await project.addFixtures(name);
  await project.addFixtures('official', 'moved', (text) => text.replace(OFFICIAL, "'wix-media.v2'"));
  return project;
}

/**
 * The programs of the pages that people copy from. The types of the official SDK promise less than its
 * service sends, so its programs are left out.
 */
async function documented() {
  /** @type {[name: string, code: string][]} */
  const programs = [];
  for (const page of ['README.md', 'pkg-template/README.md', 'docs/testing.md', 'docs/frameworks.md']) {
    const found = blocks(await readFile(new URL(`../../../${page}`, import.meta.url), 'utf8')).filter(({ language }) => ['js', 'jsx', 'ts'].includes(language));
    for (const { language, line, code } of found.filter((block) => !block.code.includes("'@wix/"))) {
      programs.push([`${page.replace(/\W/g, '-')}-${line}.${language === 'jsx' ? 'tsx' : 'ts'}`, `${code}\nexport {};\n`]);
    }
  }
  return programs;
}

const SAMPLES = {
  // Without this the next one would prove nothing.
  official: 'the samples compile against the official modules',
  moved: 'code for the official modules compiles against ours',
  agreement: 'each official function and type agrees with ours',
  ours: 'code for our own exports compiles',
  refused: 'wrong code is refused',
};

for (const compiler of compilers) {
  suite(compiler.name, () => {
    /** @type {Awaited<ReturnType<typeof createProject>>} */
    let project;
    before(async () => {
      project = await filledProject();
    });
    after(() => project.remove());
    /**
     * @param {string[]} include
     * @param {object} options
     */
    const compiles = async (include, options) =>
      assert.deepEqual(await project.errors(compiler, include, options), [], include.join());

    for (const [name, options] of Object.entries(moduleSystems)) {
      suite(name, () => {
        /** @type {string[]} */
        let errors;
        before(async () => {
          errors = await project.errors(compiler, Object.keys(SAMPLES), options);
        });
        for (const [folder, claim] of Object.entries(SAMPLES)) {
          test(`${compiler.name}, ${name}: ${claim}`, () => assert.deepEqual(errors.filter((line) => line.startsWith(`${folder}/`)), []));
        }
        test(`${compiler.name}, ${name}: reports nothing else`, () => {
          const known = new RegExp(`^(${Object.keys(SAMPLES).join('|')})/`);
          assert.deepEqual(errors.filter((line) => !known.test(line)), []);
        });
      });
    }

    test(`${compiler.name}: compiles the programs of the documents as strict TypeScript`, () => compiles(['documents'], { ...moduleSystems.bundler, types: ['node'] }));
    test(`${compiler.name}: compiles CommonJS`, () => compiles(['commonjs'], { ...moduleSystems.node16, allowJs: true, checkJs: true }));

    suite('declarations alone', () => {
      test(`${compiler.name}: compiles the declarations with the types of browsers`, () => compiles(['alone'], strictest));
      test(`${compiler.name}: compiles the declarations with the types of Node`, () => compiles(['alone'], { ...strictest, lib: ['es2022'], types: ['node'] }));
      test(`${compiler.name}: compiles the declarations with the types of workers`, () => compiles(['alone'], { ...strictest, lib: ['es2022', 'webworker'] }));
    });
  });
}

suite('comparison', () => {
  test('comparison: covers every type that callers of the official modules meet', () => {
    const names = [...comparedTypes('files').both, ...comparedTypes('folders').both];
    assert.ok(names.length > 150, `${names.length} types`);
    for (const name of ['FileDescriptor', 'FileMedia', 'Folder', 'MediaType', 'ListFilesOptions', 'FolderQuery', 'EventMetadata']) {
      assert.ok(names.includes(name), name);
    }
  });

  // Each of these declarations is wrong in one place, and the compilers must say where.
  /** @type {Record<string, [from: string, to: string, expected: RegExp]>} */
  const spoiled = {
    'another result': ['): Promise<GenerateFileUploadUrlResult>', '): Promise<Folder>', /generateFileUploadUrl/],
    'a result that is not a promise': ['  export function bulkRestoreFilesFromTrashBin(fileIds: string[], call?: CallOptions): Promise<void>;', '  export function bulkRestoreFilesFromTrashBin(fileIds: string[], call?: CallOptions): void;', /bulkRestoreFilesFromTrashBin/],
    'a narrower argument': ['export function getFolder(folderId: string,', "export function getFolder(folderId: 'media-root',", /getFolder/],
    'an argument too many': ['export function getFolder(folderId: string,', 'export function getFolder(folderId: string, own: string,', /getFolder/],
    'no last argument': ['export function getFolder(folderId: string, call?: CallOptions)', 'export function getFolder(folderId: string)', /getFolder/],
    'a missing function': ['export function searchFiles(', 'export function searchFile(', /searchFiles/],
    'a missing option': ['  expirationRedirectUrl?: string | null;', '', /GenerateFileDownloadUrlOptions/],
    'an option of another type': ['  expirationRedirectUrl?: string | null;', '  expirationRedirectUrl?: URL;', /GenerateFileDownloadUrlOptions/],
    'a required option': ['  permanent?: boolean;', '  permanent: boolean;', /bulkDeleteFiles|BulkDeleteFilesOptions/],
    'a member of another type': ['  hash?: string;', '  hash?: number;', /FileDescriptor/],
    'a member that may not be null': ['  caption?: string | null;', '  caption?: string;', /ImageMedia/],
    'a required member': ['  hash?: string;', '  hash: string;', /FileDescriptor/],
    'a missing value of an enum': ["  DASH = 'DASH',", '', /StreamFormat/],
    'another value of an enum': ["  HLS = 'HLS',", "  HLS = 'M3U8',", /StreamFormat/],
    'a missing type': ['export interface AudioV2 ', 'export interface AudioV3 ', /AudioV2/],
    'a filter too few': ["eq(propertyName: 'private' | 'mediaType' | 'state'", "eq(propertyName: 'private' | 'mediaType'", /FilesQueryBuilder|state/],
    'a filter too many': ["eq(propertyName: 'private' |", "eq(propertyName: 'displayName' | 'private' |", /refused\.ts/],
    'anything goes': ['  mediaTypes?: MediaTypeWithLiterals[];', '  mediaTypes?: string[];', /refused\.ts/],
  };
  const [newest] = compilers.slice(-1);
  for (const [what, [from, to, expected]] of Object.entries(spoiled)) {
    test(`${newest.name}: reports ${what}`, async () => {
      const project = await filledProject((declarations) => {
        assert.ok(declarations.includes(from), `the declarations do not hold ${from}`);
        return declarations.replace(from, to);
      });
      try {
        const lines = [
          ...(await project.errors(newest, ['agreement', 'moved', 'refused'], moduleSystems.node16)),
          ...(await project.errors(newest, ['alone'], strictest)),
        ];
        assert.match(lines.join('\n'), expected);
      } finally {
        await project.remove();
      }
    });
  }

  test(`${compilers[0].name}: reports a wrong declaration`, async () => {
    const project = await filledProject((declarations) => declarations.replace('  hash?: string;', '  hash?: number;'));
    try {
      assert.match((await project.errors(compilers[0], ['agreement'], moduleSystems.bundler)).join('\n'), /FileDescriptor/);
    } finally {
      await project.remove();
    }
  });

  test('compilers: report wrong code', async () => {
    const project = await createProject();
    try {
      await project.write('wrong/wrong.ts', "import { files } from 'wix-media.v2';\nexport const n: number = files.listFiles();");
      for (const compiler of compilers) {
        const lines = await project.errors(compiler, ['wrong'], moduleSystems.node16);
        assert.equal(lines.length, 1);
        assert.match(lines[0], /^wrong\/wrong\.ts\(2,14\): error TS2322/);
      }
    } finally {
      await project.remove();
    }
  });
});
