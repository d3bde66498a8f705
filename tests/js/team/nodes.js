// Programs that belong together, such as the nodes of a cluster, and that a test kills and starts again. All of them end with the process, in
// whichever way that ends.
//
// Each node has a folder of its own, whose name is in the command line of each of its processes: so those are found, and not only the first one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withinTime } from '../harness/limit.js';

/** @import { Closing } from '../harness/types.d.ts' */

/** Runs until the standard input ends, and starts and kills nodes as its lines say. Each line is answered by one. */
const SCRIPT = `
trap '' INT TERM HUP
AS=env
if [ "$ACCOUNT" ] && [ "$(id -u)" = 0 ]; then AS="setpriv --reuid=$ACCOUNT --regid=$ACCOUNT --init-groups"; chown -R "$ACCOUNT" "$RUN"; fi
# Kills the processes that name a folder, and their children. The name reaches grep by its input, or grep would find itself.
sweep() {
  # Not by the status of grep, which fails for each process that ends meanwhile.
  while files=$(printf '%s' "$1/" | grep -slaF -f - /proc/[0-9]*/cmdline); [ "$files" ]; do
    for file in $files; do
      id=\${file#/proc/} id=\${id%/cmdline}
      kill -9 "$id" $(cat "/proc/$id/task/$id/children" 2>/dev/null) 2>/dev/null
    done
  done
}
# Kills the processes of a node, or of all. One that becomes another program names no folder meanwhile, so the first process of a node is killed
# by its number too: as long as it is a child of this shell, or another process could have the number.
end() {
  sweep "$1"
  for id in $(cat "$1"/pid "$1"/*/pid 2>/dev/null); do
    if grep -qw "$id" "/proc/$$/task/$$/children"; then kill -9 "$id" 2>/dev/null; fi
  done
  sweep "$1"
}
while read -r what name; do
  case "$what" in
    start)
      $AS sh "$RUN/$name/command" >>"$RUN/$name/log" 2>&1 </dev/null &
      echo $! >"$RUN/$name/pid"
      ;;
    kill) end "$RUN/$name" ;;
  esac
  echo "$what $name"
done
end "$RUN"
wait
rm -rf "$RUN"
`;

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Prepares nodes, which `start` starts.
 *
 * @param {Closing} closing
 * @param {string} name Part of the name of their folder.
 * @param {Record<string, (folder: string) => string[]>} commands The command of each node, which names its folder.
 * @param {string} [account] Who runs them if this process is root, which some programs refuse.
 */
export async function nodes(closing, name, commands, account = '') {
  const run = mkdtempSync(join(tmpdir(), `wix-media-${name}-`));
  chmodSync(run, 0o755);
  for (const [node, command] of Object.entries(commands)) {
    const folder = join(run, node);
    mkdirSync(folder);
    writeFileSync(join(folder, 'command'), `exec ${command(folder).map(quoted).join(' ')}\n`);
  }
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', RUN: run, ACCOUNT: account };
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const ended = once(child, 'close');
  closing.after(() => {
    child.stdin.end();
    return ended;
  });
  const answers = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
  const tell = async (/** @type {string} */ line) => {
    child.stdin.write(`${line}\n`);
    const { value } = await withinTime(`nodes to ${line}`, answers.next());
    if (value !== `${line}\n`) throw new Error(`nodes did not ${line}: ${value}`);
  };
  return {
    /** @param {string} node */
    start: (node) => tell(`start ${node}`),
    /**
     * Kills all processes of a node.
     *
     * @param {string} node
     */
    kill: (node) => tell(`kill ${node}`),
  };
}
