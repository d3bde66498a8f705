// Facts about the Media Manager API, each a line `kind subject` and a value: what an official package says, and what our operations
// table and declarations say. Two sources agree if they have the same facts.
//
// kinds: operation, arguments, field, limit, enum, code, query, event, type, sent.

/** @import { Table, TableField, TableKind } from './types.d.ts' */

/** @typedef {Map<string, string>} Facts */

/** The type of an event, as its listener's name gives it: `onFolderCreated` is `….v1.folder_created`. */
export const eventType = (/** @type {string} */ listener) =>
  `wix.media.site_media.v1.${listener.slice(2).replace(/\B[A-Z]/g, '_$&').toLowerCase()}`;

/** The limit that every URL has, which the official packages do not spell out. */
const URL_LENGTH = 65_535;

/**
 * Adds the facts of one field of a request.
 *
 * @param {Facts} facts
 * @param {string} subject
 * @param {{ value: string, required: boolean, limits: Record<string, number | undefined> }} field
 */
export function addField(facts, subject, { value, required, limits }) {
  facts.set(`field ${subject}`, `${value}${required ? ', required' : ''}`);
  for (const [limit, number] of Object.entries(limits)) {
    if (number) facts.set(`limit ${subject} ${limit}`, String(number));
  }
}

/**
 * The facts of the operations table.
 *
 * @param {Table} table As `cargo xtask parity` writes it.
 * @returns {Facts}
 */
export function tableFacts({ operations, enums }) {
  /** @type {Facts} */
  const facts = new Map();
  for (const { group, name, verb, path, arguments: args, fields, codes } of operations) {
    const subject = `${group}.${name}`;
    facts.set(`operation ${subject}`, `${verb} /site-media/v1${path}`);
    facts.set(`arguments ${subject}`, args.map((each) => (each.optional ? `${each.name}?` : each.name)).join(', '));
    for (const field of fields) addTableField(facts, subject, field);
    const sent = fields.map((field) => field.name.split('.')[0]);
    facts.set(`sent ${subject}`, `${verb === 'GET' ? 'query' : 'body'}: ${[...new Set(sent)].sort().join(', ')}`);
    for (const code of codes) facts.set(`code ${subject} ${code}`, 'yes');
  }
  for (const { name, values, groups } of enums) {
    for (const group of groups) for (const value of values) facts.set(`enum ${group}.${name} ${value}`, 'yes');
  }
  return facts;
}

/**
 * @param {Facts} facts
 * @param {string} parent
 * @param {TableField} field
 */
function addTableField(facts, parent, { name, required, kind }) {
  const subject = `${parent} ${name}`.replace(/ (?=.* )/, ' ');
  const at = parent.includes(' ') ? `${parent}.${name}` : subject;
  const { value, limits, fields = [], query } = described(kind);
  addField(facts, at, { value, required, limits });
  for (const each of fields) addTableField(facts, at, each);
  if (!query) return;
  const [group] = parent.split('.');
  for (const [filter, isList] of query.filters) facts.set(`query ${group} filter ${filter}`, isList ? '$eq, $in' : '$eq');
  for (const sort of query.sorts) facts.set(`query ${group} sort ${sort}`, 'yes');
}

/**
 * @param {TableKind} kind
 * @returns {{ value: string, limits: Record<string, number | undefined>, fields?: TableField[], query?: { filters: [string, boolean][], sorts: string[] } }}
 */
function described(kind) {
  const { min, max, length, of } = kind;
  switch (kind.kind) {
    case 'text':
      return max === URL_LENGTH ? { value: 'URL', limits: {} } : { value: 'text', limits: { minLength: min, maxLength: max } };
    case 'integer':
      return { value: 'number', limits: { min, max } };
    case 'texts':
      return { value: 'list of text', limits: { minSize: min, maxSize: max, maxLength: length } };
    case 'oneOf':
      return { value: String(of), limits: {} };
    case 'someOf':
      return { value: `list of ${of}`, limits: { maxSize: max } };
    case 'objects':
      return { value: 'list of object', limits: { minSize: min, maxSize: max }, fields: kind.fields };
    case 'object':
      return { value: 'object', limits: {}, fields: kind.fields };
    case 'query':
      return { value: 'object', limits: {}, query: kind.query };
    default:
      return { value: { flag: 'boolean', decimal: 'decimal', map: 'object' }[String(kind.kind)] ?? String(kind.kind), limits: {} };
  }
}
