// The public surface stays as it is, unless somebody means to change it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { declarations, errorCodes, SNAPSHOT, surface } from './surface.js';

const RENEW = 'node tests/js/surface/renew.mjs';

/**
 * The lines that only one of two texts has, as `- line` and `+ line`.
 *
 * @param {string} before
 * @param {string} after
 */
function changes(before, after) {
  /** @param {string} text */
  const count = (text) => {
    /** @type {Map<string, number>} */
    const lines = new Map();
    for (const line of text.split('\n')) lines.set(line, (lines.get(line) ?? 0) + 1);
    return lines;
  };
  const [old, now] = [count(before), count(after)];
  /**
   * @param {Map<string, number>} lines
   * @param {Map<string, number>} others
   * @param {string} sign
   */
  const only = (lines, others, sign) => [...lines].filter(([line, times]) => times > (others.get(line) ?? 0)).map(([line]) => `${sign} ${line}`);
  return [...only(old, now, '-'), ...only(now, old, '+')];
}

test('surface: is the one in tests/data/surface.txt', () => {
  const [expected, actual] = [readFileSync(SNAPSHOT, 'utf8'), surface()];
  const found = changes(expected, actual);
  const hint = `the public surface changed; if you mean it, run ${RENEW} and tell users in CHANGELOG.md`;
  assert.ok(expected === actual, `${hint}:\n${found.join('\n') || '(only the order)'}`);
});

suite('surface', () => {
  test('declarations: a moved statement and a comment are no change, a changed type is one', () => {
    const before = '/** A. */ export interface A { b: string }\nexport declare function f(): void;';
    const after = 'export declare function f(): void;\nexport interface A { /** B. */ b: string }';
    assert.equal(declarations(before), declarations(after));
    assert.notEqual(declarations(before), declarations(before.replace('string', 'number')));
    assert.notEqual(declarations(before), declarations(before.replace('b:', 'b?:')));
    assert.notEqual(declarations('declare namespace n { function f(): void; }'), declarations('declare namespace n { function g(): void; }'));
  });

  test('errorCodes: keeps status and retry, not the explanation', () => {
    const page = '## Codes\n\n| Code | When | `status` | `retry` |\n| --- | --- | --- | --- |\n| `LATE` | too late | 400 | never |\n\n## Other\n';
    assert.equal(errorCodes(page), 'Codes:\n  LATE, status 400, retry never');
    assert.equal(errorCodes(page), errorCodes(page.replace('too late', 'not in time')));
    assert.notEqual(errorCodes(page), errorCodes(page.replace('400', '409')));
  });

  test('surface: has each part', () => {
    const text = surface();
    for (const part of ['UPLOAD_TOKEN_EXPIRED', 'STORAGE_NEWER', 'serve\n', '--external-url URL', 'export declare function createManager', 'interface ManagerOptions', '"./manager.wasm"']) {
      assert.ok(text.includes(part), part);
    }
  });
});
