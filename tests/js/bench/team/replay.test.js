// What the benchmarks of the native server read and write.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { statementOf, transactionOf } from './replay.mjs';
import { gramsOf, rowOf } from './rows.mjs';

const entry = (/** @type {number} */ pid, /** @type {string} */ message, /** @type {string} */ detail = '') => ({ pid, message, detail });

suite('bench team', () => {
  test('statementOf: puts the logged values into the statement', () => {
    const sql = statementOf('execute <unnamed>: SELECT $1, $11, $2 FROM a', `parameters: $1 = 'it''s $2', $2 = NULL, $11 = '7'`);
    assert.equal(sql, `SELECT 'it''s $2', '7', NULL FROM a`);
    assert.equal(statementOf('execute <unnamed>: SELECT 1 WHERE site = (SELECT $1)', `parameters: $1 = '7'`), `SELECT 1 WHERE site = (SELECT '7'::bigint)`);
    assert.equal(statementOf('statement: BEGIN; SELECT 1'), 'BEGIN; SELECT 1');
    assert.equal(statementOf('checkpoint starting: time'), undefined);
  });

  test('transactionOf: takes the last one with the statement, from its own process', () => {
    const entries = [
      entry(1, 'statement: BEGIN; SELECT 1'),
      entry(1, 'execute <unnamed>: SELECT * FROM file AS item'),
      entry(1, 'statement: ROLLBACK'),
      entry(1, 'statement: BEGIN; SELECT 2'),
      entry(2, 'statement: BEGIN; SELECT 3'),
      entry(1, 'execute <unnamed>: SELECT * FROM file AS item WHERE site = $1', `parameters: $1 = '4'`),
      entry(2, 'statement: ROLLBACK'),
      entry(1, 'statement: ROLLBACK'),
      entry(1, 'statement: BEGIN; SELECT 5'),
    ];
    assert.deepEqual(transactionOf(entries, / AS item /), ['BEGIN; SELECT 2', `SELECT * FROM file AS item WHERE site = '4'`, 'ROLLBACK']);
    assert.throws(() => transactionOf(entries.slice(0, 7), / WHERE /), /no transaction/);
    assert.throws(() => transactionOf(entries, /upload/), /no statement/);
  });

  test('gramsOf: has the pieces of one and two characters, none across texts', () => {
    assert.deepEqual(gramsOf('aba\u{1f}c'), ['a', 'ab', 'b', 'ba', 'c']);
  });

  test('rowOf: keeps what is the same for all files, and repeats no id and no blob', () => {
    const template = { site: 7, id: 'one', name: 'one.jpg', facts: '{}', labels: '[]', blob: 'b' };
    const rows = Array.from({ length: 1000 }, (_, place) => rowOf(template, place, 1000, 'parent'));
    assert.ok(rows.every(({ site, parent, facts }) => site === 7 && parent === 'parent' && facts === '{}'));
    for (const column of ['id', 'blob']) assert.equal(new Set(rows.map((row) => row[column])).size, 1000);
    assert.ok(rows.some(({ name }) => String(name).includes('zephyr')));
    assert.deepEqual(rows[0].labels, '["rare label"]');
  });
});
