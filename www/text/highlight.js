// Syntax colours for JavaScript and JSON.

const TOKEN =
  /(?<comment>\/\/.*)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")(?<colon>\s*:)?|\b(?<word>import|from|const|await|new|for|of|true|false|null|undefined|NaN)\b|(?<number>-?\b\d[\d.]*(?:e[+-]?\d+)?\b)|(?<name>[\w$]+)(?=\s*[:(])/gi;
/** Longer source stays plain: one element per token would slow the page down. */
const MAX_LENGTH = 200_000;

/**
 * Returns nodes that show source code in colours.
 *
 * @param {string} source
 */
export function highlight(source) {
  const fragment = document.createDocumentFragment();
  if (source.length > MAX_LENGTH) {
    fragment.append(source);
    return fragment;
  }
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const { colon, ...kinds } = match.groups ?? {};
    const [kind, text] = Object.entries(kinds).find(([, found]) => found !== undefined) ?? ['', match[0]];
    const span = document.createElement('span');
    span.className = kind === 'string' && colon ? 'name' : kind;
    span.textContent = text;
    fragment.append(source.slice(end, match.index), span);
    end = match.index + text.length;
  }
  fragment.append(source.slice(end));
  return fragment;
}
