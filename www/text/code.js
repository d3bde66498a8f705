// Values as source text, and source text in colours.

// What nobody would see, or what would turn the text around it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const NAMED = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const escaped = (character) => NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const quoted = (text, quote) =>
  quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replace(INVISIBLE, escaped) + quote;

const STYLES = {
  javascript: {
    text: (text) => quoted(text, "'"),
    key: (key) => (NAME.test(key) ? key : quoted(key, "'")),
    date: (date) => (Number.isNaN(date.getTime()) ? 'new Date(NaN)' : `new Date('${date.toISOString()}')`),
    inline: true,
    comma: ',',
  },
  json: {
    text: (text) => quoted(text, '"'),
    key: (key) => quoted(key, '"'),
    date: (date) => JSON.stringify(date),
    inline: false,
    comma: '',
  },
};
STYLES.compactJson = { ...STYLES.json, inline: true };

/** How long a line may become, so that it fits the panel. */
const LINE = 52;

function write(value, style, indent, room = LINE - indent.length) {
  if (typeof value === 'string') return style.text(value);
  if (value instanceof Date) return style.date(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const parts = isArray
    ? value.map((item) => write(item ?? null, style, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined && typeof member !== 'function')
        .map(([key, member]) => {
          const name = `${style.key(key)}: `;
          return name + write(member, style, inner, LINE - inner.length - name.length);
        });
  const [open, close] = isArray ? '[]' : '{}';
  if (parts.length === 0) return open + close;
  const line = parts.join(', ');
  if (style.inline && line.length + 4 <= room && !line.includes('\n')) {
    return isArray ? `[${line}]` : `{ ${line} }`;
  }
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}${style.comma}\n${indent}${close}`;
}

/** A value as JavaScript that makes it. Functions and undefined members are left out. */
export const javascript = (value) => write(value, STYLES.javascript, '');

/** A value as JSON, laid out for people. */
export const json = (value) => write(value, STYLES.json, '');

/** A value as JSON to edit: short things stay on one line. */
export const compactJson = (value) => write(value, STYLES.compactJson, '');

const TOKEN =
  /(?<comment>\/\/.*)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")(?<colon>\s*:)?|\b(?<word>import|from|const|await|new|for|of|true|false|null|undefined|NaN)\b|(?<number>-?\b\d[\d.]*(?:e[+-]?\d+)?\b)|(?<name>[\w$]+)(?=\s*[:(])/gi;
// Beyond this, colours would cost more than they tell.
const LONGEST = 200_000;

/** Nodes that show JavaScript or JSON in colours. */
export function coloured(source) {
  const fragment = document.createDocumentFragment();
  if (source.length > LONGEST) {
    fragment.append(source);
    return fragment;
  }
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const { colon, ...kinds } = match.groups;
    const [kind, text] = Object.entries(kinds).find(([, found]) => found !== undefined);
    const span = document.createElement('span');
    span.className = kind === 'string' && colon ? 'name' : kind;
    span.textContent = text;
    fragment.append(source.slice(end, match.index), span);
    end = match.index + text.length;
  }
  fragment.append(source.slice(end));
  return fragment;
}

/**
 * A call of a function as JavaScript, without the undefined arguments at its end. `lead` is what comes before the
 * arguments, such as `const file = await files.getFileDescriptor`.
 */
export function callSource(lead, args) {
  const count = args.findLastIndex((argument) => argument !== undefined) + 1;
  const given = args.slice(0, count);
  const room = LINE - lead.length;
  const line = given.map((argument) => write(argument, STYLES.javascript, '', room)).join(', ');
  const isShort = (line.includes('\n') ? line.indexOf('\n') : line.length + 3) <= room;
  if (isShort || (count === 1 && typeof given[0] === 'object')) return `${lead}(${line})`;
  return `${lead}(\n${given.map((argument) => `  ${write(argument, STYLES.javascript, '  ')},\n`).join('')})`;
}
