// `wix-media completion`: prints completion scripts, made from the table of commands.
import { commands, optionsOf } from '../commands.js';
import { UsageError } from '../failure.js';

/** @import { Context, OptionRow } from '../internal.d.ts' */

/** @type {Record<string, () => string>} */
const SHELLS = { bash, zsh, fish };

/** @param {Context} context */
export async function completion({ words: [shell], print }) {
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (!script) throw new UsageError(`unknown shell ${shell}: expected one of ${Object.keys(SHELLS).join(', ')}`, 'completion');
  print(script());
}

const names = () => Object.keys(commands);
/** Commands whose arguments are files of this machine. */
const LOCAL_WORDS = ['put', 'sync', 'verify', 'rewrite', 'recover'];

function bash() {
  const flags = names().map((name) => `    ${name}) words='${spellings(name).join(' ')}' ;;`);
  const values = valueRows().map(([option, row]) => {
    if (row.choices) return `    ${option}) COMPREPLY=($(compgen -W '${row.choices.join(' ')}' -- "$current")); return ;;`;
    if (row.kind === 'directory') return `    ${option}) COMPREPLY=($(compgen -d -- "$current")); return ;;`;
    if (row.kind === 'file') return `    ${option}) COMPREPLY=($(compgen -f -- "$current")); return ;;`;
    return `    ${option}) return ;;`;
  });
  return `\
# Completions of wix-media for bash.
_wix_media() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...names(), 'help', '--help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  case $previous in
${values.join('\n')}
  esac
  case $command in
${flags.join('\n')}
    help) COMPREPLY=($(compgen -W '${names().join(' ')}' -- "$current")); return ;;
  esac
  case $command:$current in
    *:-*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    completion:*) COMPREPLY=($(compgen -W '${Object.keys(SHELLS).join(' ')}' -- "$current")) ;;
    ${LOCAL_WORDS.map((name) => `${name}:*`).join('|')}) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _wix_media wix-media
`;
}

function zsh() {
  const one = (/** @type {string} */ name) => {
    const rows = optionsOf(name).map((row) => `      '${row.isRepeated ? '*' : ''}--${row.name}[${escapedZsh(row.about)}]${zshValue(row)}'`);
    const words = name === 'completion' ? `'1:shell:(${Object.keys(SHELLS).join(' ')})'` : `'*:word:${LOCAL_WORDS.includes(name) ? '_files' : ' '}'`;
    return `    ${name})\n      _arguments \\\n${[...rows, `      ${words}`].join(' \\\n')}\n      ;;`;
  };
  return `\
#compdef wix-media
# Completions of wix-media for zsh.
_wix_media() {
  if (( CURRENT == 2 )); then
    local -a names=(
${names()
  .map((name) => `      '${name}:${escapedZsh(commands[name].about)}'`)
  .join('\n')}
    )
    _describe command names
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${names().map(one).join('\n')}
  esac
}
if [ "$funcstack[1]" = _wix-media ]; then _wix_media "$@"; else compdef _wix_media wix-media; fi
`;
}

/** @type {Record<string, string>} */
const ZSH_KINDS = { directory: '_files -/', file: '_files' };

/** @param {OptionRow} row */
const zshValue = ({ value, choices, kind }) => {
  if (!value) return '';
  return `:${value}:${choices ? `(${choices.join(' ')})` : ZSH_KINDS[kind ?? ''] ?? ' '}`;
};

/** @param {string} text */
const escapedZsh = (text) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');

function fish() {
  const lines = names().map((name) => `complete -c wix-media -n __fish_use_subcommand -f -a ${name} -d '${escapedFish(commands[name].about)}'`);
  for (const name of names()) {
    const when = `-n '__fish_seen_subcommand_from ${name}'`;
    if (!LOCAL_WORDS.includes(name)) lines.push(`complete -c wix-media ${when} -f`);
    for (const { name: option, short, value, choices, kind, about } of optionsOf(name)) {
      const argument = choices ? ` -x -a '${choices.join(' ')}'` : kind === 'directory' ? " -x -a '(__fish_complete_directories)'" : kind === 'file' ? ' -r' : value ? ' -x' : '';
      lines.push(`complete -c wix-media ${when} -l ${option}${short ? ` -s ${short}` : ''}${argument} -d '${escapedFish(about)}'`);
    }
  }
  lines.push(`complete -c wix-media -n '__fish_seen_subcommand_from completion' -f -a '${Object.keys(SHELLS).join(' ')}'`);
  return `# Completions of wix-media for fish.\n${lines.join('\n')}\n`;
}

/** @param {string} text */
const escapedFish = (text) => text.replace(/['\\]/g, '\\$&');

/** @param {string} name */
const spellings = (name) => optionsOf(name).flatMap(({ name: option, short }) => [`--${option}`, ...(short ? [`-${short}`] : [])]);

/** Each option that takes a value, once: an option has the same values in every command. */
const valueRows = () => {
  /** @type {Map<string, OptionRow>} */
  const found = new Map();
  for (const name of names()) for (const row of optionsOf(name)) if (row.value) found.set(`--${row.name}`, row);
  return [...found];
};
