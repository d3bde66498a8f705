// What errors say to people: in the language of the page, for every code that the page can meet.
/** @import { Table } from '../../../www/text/language.js' */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, suite, test } from 'node:test';
import { isFinal } from '../../../www/model/refusal.js';
import { setLanguage } from '../../../www/text/language.js';
import { objectionOf, SENTENCES, sentenceOf, statusSentence } from '../../../www/ui/error-sentences.js';

/** @param {string} language @returns {Promise<Table>} */
const tableOf = async (language) => (await import(`../../../www/languages/${language}.js`)).default;
const german = await tableOf('de');

/** Codes that people never meet on the page, by the reason. */
const UNMET = new Set([
  // Faults of a program that calls the package, or of what it does without the page.
  'INVALID_ARGUMENT NO_PAGE ALREADY_CONFIGURED INVALID_MEDIA_URL INVALID_WEBHOOK INVALID_HOST FIELD_MASK_IS_EMPTY_OR_MISSING INVALID_ASSET_KEY',
  'UNSUPPORTED_MEDIA_TYPE UNSUPPORTED_SORT_VALUE NOT_SUPPORTED TARGET_FAILED RECORDS_FAILED DUPLICATE_FILE PATH_NOT_FOUND ARCHIVE_INVALID',
  // The page has its own words, or asks for it itself.
  'CANCELLED UPLOAD_NOT_FOUND LOCKED INSUFFICIENT_STORAGE SITE_QUOTA_EXCEEDED',
].flatMap((codes) => codes.split(' ')));

suite('sentences of errors', () => {
  afterEach(() => setLanguage('en-GB'));

  test('sentences: every code that people can meet has one', async () => {
    const text = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const codes = new Set([...text.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)].flatMap(([, found]) => found.match(/[A-Z_]+/g) ?? []));
    assert.ok(codes.size > 50, 'the codes were found');
    assert.deepEqual([...codes].filter((code) => !SENTENCES.has(code) && !UNMET.has(code)), [], 'these have no sentence');
    assert.deepEqual([...UNMET].filter((code) => SENTENCES.has(code)), [], 'these have one');
  });

  test('sentences: are in the language of the page', () => {
    setLanguage('de', german);
    assert.equal(sentenceOf({ code: 'READ_ONLY', message: 'the Media Manager shows a snapshot' }, undefined), 'Dies ist eine Momentaufnahme, in der sich nichts ändern lässt.');
    assert.equal(sentenceOf({ code: 'SITE_QUOTA_EXCEEDED', status: 400 }, { kind: 'server' }), 'Das Speicherkontingent der Website ist aufgebraucht.');
    assert.equal(sentenceOf({ code: 'UNKNOWN' }, undefined), undefined);
    assert.equal(statusSentence({ status: 429 }), 'Der Dienst ist ausgelastet.');
    assert.equal(statusSentence({ status: 502 }), 'Der Dienst hat eine Störung.');
    assert.equal(statusSentence({ status: 400 }), undefined);
  });

  test('sentences: a field says what is wrong with it', () => {
    const long = { field: 'file.displayName', violatedRule: 'MAX_LENGTH', description: 'must have at most 200 characters', data: { threshold: 200 } };
    assert.equal(objectionOf(long), 'The name can have 200 characters at most.');
    assert.equal(objectionOf({ field: 'labels[2]', violatedRule: 'MIN_LENGTH', description: 'must not be empty' }), 'A label is missing.');
    assert.equal(objectionOf({ field: 'url', violatedRule: 'FORMAT', description: 'must be a web URL' }), 'The address must be a web URL');
    assert.equal(objectionOf({ field: 'options.x', violatedRule: 'MAX_LENGTH', description: 'is long' }), 'options.x is long');
    assert.equal(objectionOf({ ruleName: 'PARENT_FOLDER_NOT_FOUND' }), 'The folder does not exist any more.');
    setLanguage('de', german);
    assert.equal(objectionOf(long), 'Der Name darf höchstens 200 Zeichen haben.');
    assert.equal(objectionOf({ field: 'url', violatedRule: 'FORMAT', description: 'must be a web URL' }), 'Die Adresse enthält etwas, das nicht erlaubt ist. (must be a web URL)');
  });

  test('sentences: what lacks room can be tried again once there is some', () => {
    assert.equal(isFinal({ code: 'SITE_QUOTA_EXCEEDED', status: 400 }), false);
    assert.equal(isFinal({ code: 'ZERO_FILE_SIZE', status: 400 }), true);
  });
});
