// The operations table, read from docs/reference.md. A test of the crate compares that page with the table.
import { readFileSync } from 'node:fs';
import { present } from '../harness/present.js';

const PAGE = new URL('../../../docs/reference.md', import.meta.url);

/** Every call: its name, arguments, fields with their limits, whether it is paged, what it returns, its error codes. */
export function calls(page = readFileSync(PAGE, 'utf8')) {
  return page
    .split(/\n(?=## )/)
    .filter((section) => /^## (files|folders)\./.test(section))
    .map((section) => {
      const [, group, name] = present(/^## (\w+)\.(\w+)/.exec(section));
      const [, list] = present(/^`\w+\.\w+\((.*)\)` sends/m.exec(section));
      return {
        group,
        name,
        paged: new RegExp(`\\| \\[\`${group}\\.${name}\`\\][^|]*\\|[^|]*\\| yes \\|`).test(page),
        parameters: list.split(', ').map((each) => ({ name: each.replace('?', ''), optional: each.endsWith('?') })),
        fields: [...section.matchAll(/^\| `([\w.[\]]+)` \| .*? \|.*?\| (.*) \|$/gm)].map(([, path, limits]) => ({
          path: path.replaceAll('[]', ''),
          limits: (limits.replaceAll(',', '').match(/\d+/g) ?? []).map(Number),
        })),
        gives: /^- Returns (?:`(\w+)` of the answer|(nothing))/m.exec(section)?.slice(1).find(Boolean) ?? '',
        errors: [...(/^- Error codes: (.*)$/m.exec(section)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code),
      };
    });
}
