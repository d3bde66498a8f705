// Syntax colours for JavaScript and JSON.

const TOKEN =
  /(?<comment>\/\/.*)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)(?<colon>\s*:)?|\b(?<word>async|await|catch|class|const|default|else|export|false|for|from|function|if|import|let|NaN|new|null|of|return|throw|true|try|undefined|while)\b|(?<number>-?\b\d[\d.]*(?:e[+-]?\d+)?\b)|(?<name>[\w$]+)(?=\s*[:(])/gi;
/** Longer source stays plain: one element per token would slow the page down. */
const MAX_LENGTH = 200_000;

/**
 * Splits source code. Returns its pieces in order, each with the class of its colour, or none.
 *
 * @param {string} source
 */
export function tokens(source) {
  if (source.length > MAX_LENGTH) return [{ kind: '', text: source }];
  const found = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const { colon, ...kinds } = match.groups ?? {};
    const [kind, text] = Object.entries(kinds).find(([, value]) => value !== undefined) ?? ['', match[0]];
    found.push({ kind: '', text: source.slice(end, match.index) }, { kind: kind === 'string' && colon ? 'name' : kind, text });
    end = match.index + text.length;
  }
  return [...found, { kind: '', text: source.slice(end) }];
}

/**
 * Returns nodes that show source code in colours.
 *
 * @param {string} source
 */
export function highlight(source) {
  const fragment = document.createDocumentFragment();
  for (const { kind, text } of tokens(source)) {
    if (kind === '') {
      fragment.append(text);
      continue;
    }
    const span = document.createElement('span');
    span.className = kind;
    span.textContent = text;
    fragment.append(span);
  }
  return fragment;
}
