// Facts about one official package, read from its declarations and by running its functions against a stub.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApiKeyStrategy, createClient } from '@wix/sdk';
import ts from 'typescript-5';
import { present } from '../harness/present.js';
import { addField } from './facts.js';
import { programOf } from './program.js';

/** @import { Facts } from './facts.js' */

const LIMITS = ['minLength', 'maxLength', 'minSize', 'maxSize', 'min', 'max'];

/**
 * The facts of a package in a folder.
 *
 * @param {'files' | 'folders'} group
 * @param {string} folder
 * @returns {Promise<Facts>}
 */
export async function officialFacts(group, folder) {
  /** @type {Facts} */
  const facts = new Map();
  const module = await import(pathToFileURL(join(folder, 'build/es/index.mjs')).href);
  const declared = readDeclarations(group, folder);
  for (const [name, value] of Object.entries(module)) {
    if (typeof value === 'object' && value !== null && Object.entries(value).every(([key, text]) => key === text)) {
      for (const each of Object.keys(value)) facts.set(`enum ${group}.${name} ${each}`, 'yes');
    }
  }
  for (const { name, parameters, eventType: type } of declared.functions()) {
    if (type) facts.set(`event ${group}.${name}`, type);
    if (name.startsWith('on') || !(name in module)) continue;
    const subject = `${group}.${name}`;
    const request = declared.requestOf(name);
    if (!request) {
      // The typed form of a query belongs to its builder.
      if (!name.startsWith('typed')) facts.set(`operation ${subject}`, 'not described');
      continue;
    }
    facts.set(`arguments ${subject}`, parameters.map((each) => (each.optional ? `${each.name}?` : each.name)).join(', '));
    declared.addFields(facts, subject, request);
    for (const code of declared.codesOf(name)) facts.set(`code ${subject} ${code}`, 'yes');
    const seen = await sentBy(module, name, request.sample, parameters);
    const marked = request.pathParameters.reduce((path, [parameter]) => path.replace(`<${parameter}>`, `{${parameter}}`), seen.path);
    facts.set(`operation ${subject}`, `${seen.method} ${marked}`);
    facts.set(`sent ${subject}`, `${seen.place}: ${seen.names.join(', ')}`);
  }
  declared.addQuery(facts);
  declared.addTypes(facts);
  return facts;
}

/** The version of a package. */
export const versionOf = (/** @type {string} */ folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

/**
 * Calls a function with every field of its request filled in, and returns the request that it sends.
 *
 * @param {Record<string, any>} module
 * @param {string} name
 * @param {Record<string, unknown>} sample
 * @param {{ name: string }[]} parameters
 */
async function sentBy(module, name, sample, parameters) {
  /** @type {{ url: string, init: any }[]} */
  const requests = [];
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => {
    requests.push({ url: String(url), init });
    return Response.json({});
  };
  const config = { modules: { group: module }, auth: ApiKeyStrategy({ apiKey: 'key', siteId: 'site' }), fetch };
  const client = /** @type {Record<string, any>} */ (/** @type {unknown} */ (createClient(/** @type {any} */ (config)))).group;
  const { _id } = /** @type {{ _id?: string }} */ (sample);
  const given = parameters.map((parameter) => {
    if (parameter.name === 'options') return sample;
    if (parameter.name === '_id') return _id ?? '<folder.id>';
    return sample[parameter.name] ?? {};
  });
  await client[name](...given).catch(() => {});
  const { url, init } = present(requests[0]);
  const { pathname, searchParams } = new URL(url);
  const isQuery = init.method === 'GET';
  const names = isQuery ? [...searchParams.keys()] : Object.keys(JSON.parse(init.body ?? '{}'));
  return { method: init.method, path: decodeURIComponent(pathname), place: isQuery ? 'query' : 'body', names: [...new Set(names.map((each) => each.split('.')[0]))].sort() };
}

/**
 * @param {'files' | 'folders'} group
 * @param {string} folder
 */
function readDeclarations(group, folder) {
  const files = ['index.typings.d.ts', 'meta.d.ts'].map((name) => join(folder, 'build/cjs', name));
  for (const file of files) if (!existsSync(file)) throw new Error(`cannot read the package in ${folder}: ${file} not found`);
  const program = programOf(files);
  const checker = program.getTypeChecker();
  const [typings, meta] = files.map((file) => present(program.getSourceFile(file)));

  /** @param {ts.SourceFile} source */
  const exportsOf = (source) =>
    new Map(
      checker.getExportsOfModule(present(checker.getSymbolAtLocation(source))).map((symbol) => [
        symbol.name,
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      ]),
    );
  const exported = exportsOf(typings);
  const methods = exportsOf(meta);
  /** @param {ts.Symbol} symbol */
  const tagsOf = (symbol) => symbol.getJsDocTags(checker).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) }));

  return {
    functions() {
      return [...exported].flatMap(([name, symbol]) => {
        const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
        if (!signature || !(symbol.flags & ts.SymbolFlags.Function)) return [];
        const type = tagsOf(symbol).find((tag) => tag.name === 'eventType')?.text;
        const parameters = signature.parameters.map((parameter) => ({
          name: parameter.name,
          optional: checker.isOptionalParameter(/** @type {ts.ParameterDeclaration} */ (parameter.valueDeclaration)),
        }));
        // The builder is the form without arguments of a query, whose typed form has a name of its own.
        const query = `typed${name[0].toUpperCase()}${name.slice(1)}`;
        return [{ name, eventType: type, parameters: exported.has(query) ? [{ name: 'query', optional: true }] : parameters }];
      });
    },

    /** @param {string} name */
    requestOf(name) {
      const symbol = methods.get(name);
      if (!symbol) return undefined;
      const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
      const [, parameters, typed, type] = present(signature.getReturnType().aliasTypeArguments);
      const pathParameters = parameters.getProperties().map((each) => [each.name, each.name]);
      const nested = pathParameters.map(([each]) => [/[A-Z]/.test(each) && !typed.getProperty(each) ? each.replace(/[A-Z]/, (letter) => `.${letter.toLowerCase()}`) : each, each]);
      return { type, pathParameters: nested, sample: sampleOf(checker, type, nested) };
    },

    /**
     * @param {Facts} facts
     * @param {string} subject
     * @param {{ type: ts.Type }} request
     */
    addFields(facts, subject, { type }) {
      addFieldsOf(facts, subject, type, 0);
      // Members of items are optional in every declaration; a tag of the function says which of them it requires.
      const symbol = present(exported.get(subject.split('.')[1]));
      for (const { name, text } of tagsOf(symbol)) {
        const at = `field ${subject} ${text === '_id' ? 'folder.id' : text.replace(/_(?=id$)/, '')}`;
        const value = facts.get(at);
        if (name === 'requiredField' && text.includes('_id') && value && !value.endsWith(', required')) facts.set(at, `${value}, required`);
      }
    },

    /** @param {string} name */
    codesOf(name) {
      const title = name[0].toUpperCase() + name.slice(1);
      return ['Validation', 'Application'].flatMap((kind) => {
        const symbol = exported.get(`${title}${kind}Errors`) ?? localsOf(typings).get(`${title}${kind}Errors`);
        if (!symbol) return [];
        const union = checker.getDeclaredTypeOfSymbol(symbol);
        return (union.isUnion() ? union.types : [union]).flatMap((each) => {
          const code = each.getProperty('ruleName') ?? each.getProperty('code');
          const type = code && checker.getNonNullableType(checker.getTypeOfSymbol(code));
          return type?.isStringLiteral() ? [type.value] : [];
        });
      });
    },

    /** @param {Facts} facts */
    addQuery(facts) {
      for (const [name, symbol] of [...exported, ...localsOf(typings)]) {
        if (!name.endsWith('QuerySpec')) continue;
        const wql = checker.getDeclaredTypeOfSymbol(symbol).getProperty('wql');
        if (!wql) continue;
        for (const entry of checker.getTypeArguments(/** @type {ts.TypeReference} */ (checker.getTypeOfSymbol(wql)))) {
          const words = (/** @type {string} */ member) => {
            const list = checker.getTypeOfSymbol(present(entry.getProperty(member)));
            return checker.getTypeArguments(/** @type {ts.TypeReference} */ (list)).map((each) => /** @type {ts.StringLiteralType} */ (each).value);
          };
          const sort = /** @type {ts.StringLiteralType} */ (checker.getTypeOfSymbol(present(entry.getProperty('sort')))).value;
          for (const field of words('fields').map((each) => each.replace(/^_/, ''))) {
            if (words('operators').length) facts.set(`query ${group} filter ${field}`, words('operators').join(', '));
            if (sort !== 'NONE') facts.set(`query ${group} sort ${field}`, sort === 'BOTH' ? 'yes' : sort);
          }
        }
      }
    },

    /** @param {Facts} facts */
    addTypes: (facts) => addTypes(facts, group, checker, exported),
  };

  /** @param {ts.SourceFile} source */
  function localsOf(source) {
    return new Map(
      source.statements.flatMap((statement) =>
        ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ? [[statement.name.text, present(checker.getSymbolAtLocation(statement.name))]] : [],
      ),
    );
  }

  /**
   * @param {Facts} facts
   * @param {string} subject
   * @param {ts.Type} type
   * @param {number} depth
   */
  function addFieldsOf(facts, subject, type, depth) {
    for (const property of type.getProperties()) {
      const tags = tagsOf(property);
      if (tags.some((tag) => tag.name === 'internal')) continue;
      // What a caller cannot change of an item is sent along and ignored.
      if (depth > 0 && isItem(type) && property.name !== 'id' && tags.some((tag) => tag.name === 'readonly')) continue;
      const at = depth ? `${subject}.${property.name}` : `${subject} ${property.name}`;
      const { value, item } = fieldType(checker, property, tags);
      addField(facts, at, {
        value,
        required: !(property.flags & ts.SymbolFlags.Optional),
        limits: Object.fromEntries(tags.filter((tag) => LIMITS.includes(tag.name)).map((tag) => [tag.name, Number(tag.text)])),
      });
      if (item && depth < 4 && !/query$/.test(at)) addFieldsOf(facts, at, item, depth + 1);
    }
  }
}

/** @param {ts.Type} type */
const isItem = (type) => /^(FileDescriptor|Folder)$/.test(type.symbol?.name ?? '');

/**
 * The type of a request's field in the words of the facts, and the type of its members.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Symbol} property
 * @param {{ name: string, text: string }[]} tags
 */
function fieldType(checker, property, tags) {
  const format = tags.find((tag) => tag.name === 'format')?.text;
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
  const isList = checker.isArrayType(type);
  const item = isList ? checker.getNonNullableType(checker.getTypeArguments(/** @type {ts.TypeReference} */ (type))[0]) : type;
  const [value, members] = wordFor(checker, item, format);
  return { value: isList ? `list of ${value}` : value, item: members };
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @param {string | undefined} format
 * @returns {[string, ts.Type?]}
 */
function wordFor(checker, type, format) {
  const name = type.aliasSymbol?.name ?? type.symbol?.name;
  if (name?.endsWith('WithLiterals')) return [name.replace('WithLiterals', '')];
  if (type.flags & ts.TypeFlags.StringLike) return [format === 'WEB_URL' ? 'URL' : format === 'DECIMAL_VALUE' ? 'decimal' : 'text'];
  if (type.flags & ts.TypeFlags.NumberLike) return ['number'];
  if (type.flags & ts.TypeFlags.BooleanLike) return ['boolean'];
  if (name === 'Date') return ['date'];
  if (type.flags & ts.TypeFlags.EnumLike) return [String(name)];
  if (checker.getIndexInfosOfType(type).length || type.flags & ts.TypeFlags.Any) return ['object'];
  return ['object', type];
}

/**
 * A value for every field of a request, so that all of them are sent.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @param {string[][]} pathParameters
 * @returns {Record<string, unknown>}
 */
function sampleOf(checker, type, pathParameters) {
  const sample = Object.fromEntries(
    type.getProperties().flatMap((property) => {
      if (property.getJsDocTags(checker).some((tag) => tag.name === 'internal')) return [];
      const { value } = fieldType(checker, property, []);
      const one = /object/.test(value) ? {} : /number/.test(value) ? 1 : /boolean/.test(value) ? true : 'x';
      return [[property.name, value.startsWith('list') ? [one] : value === 'object' ? { fieldName: 'x', limit: 1 } : one]];
    }),
  );
  for (const [path, name] of pathParameters) if (name in sample) sample[name] = `<${path}>`;
  return sample;
}

/**
 * The members of the exported types of some kinds.
 *
 * @param {Facts} facts
 * @param {string} group
 * @param {ts.TypeChecker} checker
 * @param {Iterable<[string, ts.Symbol]>} exported
 * @param {ts.SymbolFlags} [kinds]
 */
export function addTypes(facts, group, checker, exported, kinds = ts.SymbolFlags.Interface) {
  for (const [name, symbol] of exported) {
    if (!(symbol.flags & kinds)) continue;
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    facts.set(`type ${group}.${name}`, 'yes');
    for (const property of type.getProperties().filter((each) => !each.name.startsWith('__'))) {
      const of = checker.getTypeOfSymbol(property);
      const some = checker.getNonNullableType(of);
      // With undefined out of the way, what remains beside the value is null.
      const isNullable = of.isUnion() && of.types.some((each) => each.flags & ts.TypeFlags.Null);
      facts.set(`type ${group}.${name}.${property.name}`, `${property.flags & ts.SymbolFlags.Optional ? 'optional ' : ''}${shape(checker, some)}${isNullable ? ' or null' : ''}`);
    }
  }
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @returns {string}
 */
function shape(checker, type) {
  if (checker.isArrayType(type)) return `list of ${shape(checker, checker.getNonNullableType(checker.getTypeArguments(/** @type {ts.TypeReference} */ (type))[0]))}`;
  if (type.getCallSignatures().length) return 'function';
  const name = type.aliasSymbol?.name ?? type.symbol?.name;
  if (name === 'Record' || name === 'PlainObject') return 'object';
  if (name && name !== '__type') return name.replace('WithLiterals', '');
  if (type.flags & ts.TypeFlags.StringLike) return 'text';
  if (type.flags & ts.TypeFlags.NumberLike) return 'number';
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean';
  return 'object';
}
