// docs/parity.md: what agrees with the official packages, operation by operation.
import { readdirSync, readFileSync } from 'node:fs';
import { recordedVectors } from '../harness/vectors.js';

/** @import { Table } from './types.d.ts' */
/** @import { compare } from './compare.js' */

const CONTRACT = { files: 'files-api', folders: 'folders-api' };
const scenarios = new URL('../scenarios/bodies/', import.meta.url);

/**
 * @param {Table} table
 * @param {Record<'files' | 'folders', string>} versions
 * @param {ReturnType<typeof compare>} result
 */
export function pageOf({ operations }, versions, { differences, accepted }) {
  const recorded = new Set(recordedVectors().map(({ api, method }) => `${api}.${method}`));
  const bodies = readdirSync(scenarios).map((name) => readFileSync(new URL(name, scenarios), 'utf8')).join('');
  const rows = operations.map(({ group, name }) => {
    const section = operations.filter((each) => each.group === group).findIndex((each) => each.name === name) + 1;
    const tests = [
      recorded.has(`${group}.${name}`) && '[recorded](../tests/js/vectors/ours.test.js)',
      '[compared](../tests/js/oracle/table.test.js)',
      bodies.includes(`.${name}(`) && '[scenarios](../tests/js/scenarios/bodies/index.js)',
    ];
    const differs = differences.some(({ fact }) => fact.includes(` ${group}.${name}`) && !fact.startsWith('type '));
    const client = `[\`${group}.${name}\`](reference.md#${group}${name.toLowerCase()})`;
    return `| ${client} | ${differs ? 'differs' : 'equal'} | [rules](./contract/${CONTRACT[group]}.md#s${section}) | ${tests.filter(Boolean).join(', ')} |`;
  });
  const meant = accepted.filter((each) => each.differences.length).map((each) => `| ${each.differences.map(({ fact }) => `\`${fact}\``).join('<br>')} | ${each.why} |`);
  return `# Parity with the official packages

\`cargo xtask parity\` generates this page. It compares the newest official packages with the operations table and the declarations: operations,
arguments, fields, limits, enums, error codes, queries, events, types and the requests that are sent.
[CONTRIBUTING.md](../CONTRIBUTING.md#when-wix-releases) says what to do about a difference.

Compared with: \`@wix/auto_sdk_media_files\` ${versions.files}, \`@wix/auto_sdk_media_folders\` ${versions.folders}.

## Operations

*Client* is the result of comparing arguments, fields, limits, codes and requests. *Manager* links to the rules that the embedded manager follows.
*Recorded* tests replay responses to the official SDK. *Compared* tests make random calls with both clients. *Scenarios* run on the manager.

| Operation | Client | Manager | Tests |
| --- | --- | --- | --- |
${rows.join('\n')}

## Intended differences

| Fact | Reason |
| --- | --- |
${meant.join('\n')}
`;
}

/**
 * Whether two pages are equal but for the versions: a newer release that changes nothing leaves the page up to date.
 *
 * @param {string} one
 * @param {string} other
 */
export const isSamePage = (one, other) => {
  const text = (/** @type {string} */ page) => page.replace(/^Compared with: .*$/m, '');
  return text(one) === text(other);
};
