// The types that the official modules export, written down as a fixture in which each must agree with ours.
import { createRequire } from 'node:module';
import ts from 'typescript-5';
import { present } from '../harness/present.js';

const require = createRequire(import.meta.url);

// Types of calls that the official modules do not export, and of files that no call returns.
const UNREACHABLE = {
  files: [
    /^(AnnotationContext|BulkAnnotateImage|ImageAnnotationConfigurations)/,
    /^(BulkImportWixVideoFile|ImportSource$|WixVideoFileToImport$)/,
    /^(BulkInternalImportFiles|SyncImportFile)/,
    /^(BulkPublishDraftFile|DraftFilePublished$)/,
    /^(GenerateAnimatedVector|GeneratePrivateImageUrl|GenerateWebSocketToken|GetSiteFileDescriptors)/,
    /^(ListRecentItems|SearchFilesCrossSite)/,
    /^UpdateFileRe(quest|sponse)$/,
    /AdditionalProperties(MediaAdditionalPropertiesOneOf)?$/,
    /^(FontAsset|FontMedia|OtherMedia)$/,
  ],
  folders: [],
};

// Types that only help to compute other official types.
const COMPUTED = ['CommonQueryWithEntityContext', 'FileDescriptorQuerySpec', 'FolderQuerySpec'];

// Types that callers only receive. Ours can do more: find() can be iterated, and so can pages.
const RECEIVED = ['FilesQueryBuilder', 'FilesQueryResult', 'FoldersQueryBuilder', 'FoldersQueryResult'];

/**
 * Names of the types that the official module `group` exports.
 *
 * @param {'files' | 'folders'} group
 */
function officialTypes(group) {
  const file = require.resolve(`@wix/auto_sdk_media_${group}/package.json`).replace('package.json', 'build/cjs/index.d.ts');
  const program = ts.createProgram([file], { skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(present(checker.getSymbolAtLocation(present(program.getSourceFile(file)))));
  return exported
    .filter((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return target.flags & ts.SymbolFlags.Type;
    })
    .map(({ name }) => name)
    .sort();
}

/**
 * Whether callers of the official module `group` meet a type of it.
 *
 * @param {'files' | 'folders'} group
 * @param {string} name
 */
export const isReachable = (group, name) =>
  !COMPUTED.includes(name) && !UNREACHABLE[group].some((/** @type {RegExp} */ pattern) => pattern.test(name));

/**
 * The names of a group's types that must agree in both directions, and in one.
 *
 * @param {'files' | 'folders'} group
 */
export function comparedTypes(group) {
  const reachable = officialTypes(group).filter((name) => isReachable(group, name));
  return {
    both: reachable.filter((name) => !RECEIVED.includes(name)),
    received: reachable.filter((name) => RECEIVED.includes(name)),
  };
}

/** The fixture: a line for each type, which fails to compile, with its name, when the two do not agree. */
export function agreementFixture() {
  const lines = [];
  for (const group of /** @type {const} */ (['files', 'folders'])) {
    const { both, received } = comparedTypes(group);
    /**
     * @param {string} verdict
     * @param {string} name
     */
    const line = (verdict, name) =>
      `export const ${group}${name}: ${verdict}<'${group}.${name}', official.${group}.${name}, ours.${group}.${name}> = true;`;
    lines.push(...both.map((name) => line('Agrees', name)), ...received.map((name) => line('Serves', name)));
  }
  return `import type * as official from '@wix/media';
import type * as ours from 'wix-media.v2';

type Serves<Name, Official, Ours> = 0 extends 1 & Ours
  ? [Name, 'ours is any']
  : [Ours] extends [Official]
    ? true
    : [Name, 'ours cannot stand in for the official type'];
// The compiler does not report a missing optional member.
type Agrees<Name, Official, Ours> = [Official] extends [Ours]
  ? [Exclude<keyof Official, keyof Ours>] extends [never]
    ? Serves<Name, Official, Ours>
    : [Name, 'ours has no member', Exclude<keyof Official, keyof Ours>]
  : [Name, 'the official type cannot stand in for ours'];

${lines.join('\n')}
`;
}
