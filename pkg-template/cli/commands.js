// The table of commands: what each takes, and its help. The parser, the help, the completions and the test of
// docs/command.md read it.

/** @import { CommandRow, OptionRow } from './internal.d.ts' */

/** @type {OptionRow} */
const HELP = { name: 'help', short: 'h', about: 'print this help' };

/** @type {OptionRow[]} */
const PLACE = [
  { name: 'url', value: 'URL', about: 'a running server, such as http://127.0.0.1:4410' },
  { name: 'data', value: 'DIR', kind: 'directory', about: 'the directory of a Media Manager that no server has open' },
  { name: 'api-key', value: 'KEY', about: 'the key to use, instead of WIX_API_KEY' },
  { name: 'api-key-file', value: 'FILE', kind: 'file', about: 'a file that holds the key' },
  { name: 'site-id', value: 'ID', about: 'the site to use, instead of WIX_SITE_ID' },
];

const JSON_OUTPUT = { name: 'json', about: 'print one JSON document, for scripts' };
const QUIET = { name: 'quiet', short: 'q', about: 'print neither progress nor successes' };
const DRY_RUN = { name: 'dry-run', short: 'n', about: 'print what would happen, and change nothing' };
const YES = { name: 'yes', short: 'y', about: 'do not ask for confirmation' };

export const MEDIA_TYPES = ['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'VECTOR', 'ARCHIVE', 'MODEL3D', 'OTHER'];

const TYPE = {
  name: 'type',
  short: 't',
  value: 'TYPE',
  isRepeated: true,
  choices: MEDIA_TYPES,
  about: 'only files of this media type; repeatable',
};

const KEYS = [
  ...PLACE.filter(({ name }) => ['api-key', 'api-key-file', 'site-id'].includes(name)),
  { name: 'to-api-key-file', value: 'FILE', kind: /** @type {const} */ ('file'), about: 'a file that holds the key of TO, where it differs' },
];

const HIDDEN = { name: 'hidden', about: 'files of folders whose names begin with a dot, too' };

const TRASH = { name: 'trash', about: 'the trash of Media Managers, too: the folder ‛trash of a plain folder' };

const BANDWIDTH = { name: 'bandwidth', value: 'RATE', about: 'the most bytes a second in each direction, such as 500k or 2M' };

/** @type {OptionRow} */
const JOURNAL = { name: 'journal', value: 'FILE', kind: 'file', about: 'where to keep what both sides have (.wix-media in the folder)' };

const SYNC_PLACES = `\
Places:
  DIR                   a folder of this machine
  site:[ID][/PATH]      a Wix site, by WIX_API_KEY, and WIX_SITE_ID unless ID is given
  http://HOST[/PATH]    a running server
  data:DIR[:/PATH]      the directory of a Media Manager that no server has open`;

/**
 * The commands by name.
 *
 * @type {Record<string, CommandRow>}
 */
export const commands = {
  serve: {
    about: 'run a Media Manager on this machine, with its page',
    words: [],
    options: [
      { name: 'data', value: 'DIR', kind: 'directory', about: 'keep everything in this directory' },
      { name: 'memory', about: 'keep everything in memory (the default)' },
      { name: 'read-only', about: 'show a snapshot of the directory, and refuse changes' },
      { name: 'no-sync', about: 'do not wait for the disk: changes survive a crash of the process, not of the machine' },
      { name: 'port', short: 'p', value: 'N', about: 'the port; 0 for any free one (4410)' },
      { name: 'host', value: 'HOST', about: 'the address to listen on; other machines need a key (127.0.0.1)' },
      { name: 'seed', value: 'DIR', kind: 'directory', about: 'at the first start, add the files and folders of DIR' },
      { name: 'external-url', value: 'URL', about: 'the beginning of URLs in answers (the host of the request)' },
      { name: 'api-key-file', value: 'FILE', kind: 'file', about: 'require one of the keys in this file, one a line (WIX_API_KEY)' },
      { name: 'api-key', value: 'KEY', isRepeated: true, about: 'require this key, which other users can see; repeatable' },
      { name: 'site-id', value: 'ID', about: 'the id of the site (WIX_SITE_ID, with a key)' },
      { name: 'allow-host', value: 'NAME', isRepeated: true, about: 'answer under this name too; repeatable (names of this machine)' },
      { name: 'allow-origin', value: 'ORIGIN', isRepeated: true, about: 'let pages of this origin call; repeatable (pages of this machine)' },
      { name: 'allow-frame', value: 'ORIGIN', isRepeated: true, about: 'let pages of this origin show the page in a frame; repeatable (none)' },
      { name: 'trust-proxy', value: 'ADDRESS', isRepeated: true, about: 'believe X-Forwarded headers of this proxy; repeatable' },
      { name: 'scrub', about: 'compare all stored bytes with their hashes, slowly and again and again' },
      { name: 'ffmpeg', value: 'FILE', kind: 'file', about: 'the program that makes posters and renditions of videos (ffmpeg on the PATH)' },
      { name: 'no-videos', about: 'make no posters or renditions of videos' },
      { name: 'no-converters', about: 'do not use sharp or libheif for AVIF and HEIC' },
      { name: 'allow-private-imports', about: 'allow imports from private addresses' },
      { name: 'max-connections', value: 'N', about: 'the most connections at once (1000)' },
      { name: 'quiet', short: 'q', about: 'no access log' },
      { name: 'verbose', short: 'v', about: 'log the headers of requests too' },
    ],
    examples: [
      ['serve', 'a Media Manager in memory, at http://127.0.0.1:4410'],
      ['serve --data media', 'the same, stored in a directory'],
      ['serve --data media --seed ~/Pictures', 'seeded with the files of a folder'],
      ['serve --host 0.0.0.0 --api-key-file keys', 'for other machines as well'],
      ['serve --allow-origin https://app.example', 'called by pages of that origin, too'],
    ],
  },
  ls: {
    about: 'list a folder',
    words: ['[PATH...]'],
    options: [
      { name: 'long', short: 'l', about: 'show ids, labels and states too' },
      { name: 'sort', value: 'BY', choices: ['name', 'size', 'date'], about: 'name, size or date (name)' },
      { name: 'reverse', short: 'r', about: 'reverse the order' },
      TYPE,
      { name: 'trash', about: 'list the trash' },
      { name: 'visitors', about: 'list the uploads of visitors' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['ls', 'the top folder'],
      ['ls /Holidays --sort size --reverse', 'largest first'],
      ['ls --trash --type IMAGE', 'pictures in the trash'],
    ],
  },
  tree: {
    about: 'draw a folder and everything below it',
    words: ['[PATH]'],
    options: [
      { name: 'depth', short: 'd', value: 'N', about: 'the number of levels (all)' },
      { name: 'folders', about: 'folders only' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['tree', 'everything'],
      ['tree /Holidays --depth 2 --folders', 'two levels of folders'],
    ],
  },
  put: {
    about: 'upload files and folders',
    words: ['SOURCE...', 'FOLDER'],
    options: [
      { name: 'name', value: 'NAME', about: 'another name for the file' },
      { name: 'private', about: 'upload private files' },
      { name: 'label', value: 'LABEL', isRepeated: true, about: 'add a label; repeatable' },
      {
        name: 'on-duplicate',
        value: 'WHAT',
        choices: ['keep-both', 'reuse', 'fail'],
        about: 'when the folder has the same content already: keep-both, reuse or fail (reuse)',
      },
      { name: 'concurrency', value: 'N', about: 'the number of files at once (4)' },
      { name: 'wait', about: 'wait until the files are processed' },
      QUIET,
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['put fox.jpg /', 'one file into the top folder'],
      ['put fox.jpg river.jpg /Animals/2024', 'two files; missing folders are created'],
      ['put photos /Holidays', 'a folder with its content, as /Holidays/photos'],
      ['put photos/ /Holidays', 'the content of a folder, straight into /Holidays'],
    ],
  },
  get: {
    about: 'download files and folders',
    words: ['PATH...'],
    options: [
      { name: 'to', short: 'o', value: 'TARGET', kind: 'file', about: 'a directory, or another name for a single item (.)' },
      { name: 'zip', short: 'z', about: 'download one zip' },
      { name: 'force', short: 'f', about: 'replace existing files' },
      QUIET,
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['get /Animals/fox.jpg', 'into this directory'],
      ['get /Animals/fox.jpg --to copy.jpg', 'under another name'],
      ['get /Holidays --to pictures', 'a folder with everything below it, as pictures/Holidays'],
      ['get /Holidays --zip --to holidays.zip', 'the same as a zip'],
    ],
  },
  mv: {
    about: 'move files and folders into another folder',
    words: ['PATH...', 'FOLDER'],
    options: [QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['mv /fox.jpg /owl.jpg /Animals', 'two files into /Animals']],
  },
  rename: {
    about: 'rename a file or folder',
    words: ['PATH', 'NAME'],
    options: [QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['rename /Animals/fox.jpg "red fox.jpg"', 'another name in the same folder']],
  },
  rm: {
    about: 'move files and folders to the trash, or delete them permanently',
    words: ['[PATH...]'],
    options: [
      { name: 'permanent', about: 'delete permanently instead of moving to the trash' },
      { name: 'trash', about: 'delete from the trash; without paths, empty it' },
      { name: 'older-than', value: 'TIME', about: 'with --trash: only items changed longer ago than this, such as 30d or 12h' },
      DRY_RUN,
      YES,
      QUIET,
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['rm /Animals/fox.jpg', 'to the trash, where restore finds it'],
      ['rm /Animals --permanent --dry-run', 'preview a permanent deletion'],
      ['rm --trash --older-than 30d', 'delete everything in the trash that is older than thirty days'],
    ],
  },
  restore: {
    about: 'take files and folders out of the trash',
    words: ['[PATH...]'],
    options: [{ name: 'all', about: 'restore everything; with --type, all files of that type' }, TYPE, DRY_RUN, QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [
      ['restore /fox.jpg', 'fox.jpg, to the folder it was deleted from'],
      ['restore --all --type IMAGE', 'every picture'],
    ],
  },
  search: {
    about: 'find files and folders by name, type or label',
    words: ['TEXT'],
    options: [
      { name: 'in', value: 'WHERE', choices: ['site', 'trash', 'visitors'], about: 'site, trash or visitors (site)' },
      TYPE,
      { name: 'limit', value: 'N', about: 'the number of files and of folders at most (100)' },
      { name: 'long', short: 'l', about: 'ids, labels and states too' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [['search fox --type IMAGE', 'pictures with fox in their name or labels']],
  },
  info: {
    about: 'show everything about a file or folder',
    words: ['PATH...'],
    options: [
      { name: 'link', about: 'add a temporary download link' },
      { name: 'minutes', value: 'N', about: 'how many minutes the link works (600)' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [['info /Animals/fox.jpg --json', 'the descriptor, as JSON']],
  },
  mkdir: {
    about: 'create folders, and missing ones above them',
    words: ['PATH...'],
    options: [QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['mkdir /Holidays/2024', 'both folders, if they do not exist']],
  },
  du: {
    about: 'show the sizes of folders',
    words: ['[PATH]'],
    options: [{ name: 'depth', short: 'd', value: 'N', about: 'the number of levels to list (1)' }, JSON_OUTPUT],
    isRemote: true,
    examples: [['du / --depth 2', 'sizes of folders, two levels of them']],
  },
  check: {
    about: 'check the catalog and the stored bytes of all files',
    words: [],
    options: [{ name: 'sizes', about: 'compare sizes only, and read no bytes' }, QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [
      ['check --data media', 'every file of a directory against its hash'],
      ['check --sizes --url http://127.0.0.1:4410', 'a running server, in less time'],
    ],
  },
  export: {
    about: 'write everything into an archive',
    words: ['FILE'],
    options: [{ name: 'force', short: 'f', about: 'replace an existing file' }, QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['export backup.zip --data media', 'a backup of a directory']],
  },
  import: {
    about: 'replace everything by an archive',
    words: ['FILE'],
    options: [YES, QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [
      ['import backup.zip --data media --yes', 'a restored backup'],
      ['import backup.zip --data copy', 'a new directory'],
    ],
  },
  sync: {
    about: 'make a place like another: sites, servers, Media Managers and folders of this machine',
    words: ['FROM', 'TO'],
    options: [
      DRY_RUN,
      { name: 'two-way', about: 'make the changes of each place since the last run at the other one' },
      { name: 'delete', variants: ['trash', 'permanent'], about: 'delete what only TO has: to the trash, or permanently, which asks' },
      { name: 'max-delete', value: 'LIMIT', about: 'the most files to delete: a number, or a share of those in TO (10%)' },
      { name: 'checksum', about: 'read all files of folders, even those that have not changed since the last run' },
      HIDDEN,
      TRASH,
      { name: 'watch', about: 'go on, and again after each change of the folder FROM' },
      { name: 'concurrency', value: 'N', about: 'the number of files at once (4)' },
      BANDWIDTH,
      JOURNAL,
      { name: 'map', value: 'FILE', kind: 'file', about: 'write old and new ids to FILE, for rewrite' },
      ...KEYS,
      YES,
      QUIET,
      JSON_OUTPUT,
    ],
    notes: SYNC_PLACES,
    examples: [
      ['sync site: backup', 'a copy of everything on the Wix site, in the folder backup'],
      ['sync site:/Holidays backup --dry-run', 'what a copy of one folder would change'],
      ['sync photos http://127.0.0.1:4410/Photos --delete', 'a folder of a server that is always like photos'],
      ['sync backup data:media', 'the directory of a Media Manager, filled from a folder'],
    ],
  },
  verify: {
    about: 'name every difference between two places',
    words: ['FROM', 'TO'],
    options: [{ name: 'hash', about: 'read all bytes of both places' }, HIDDEN, TRASH, BANDWIDTH, JOURNAL, ...KEYS, QUIET, JSON_OUTPUT],
    notes: SYNC_PLACES,
    examples: [
      ['verify site: backup', 'whether a copy is complete'],
      ['verify site: backup --hash', 'the same from all bytes, which downloads every file'],
    ],
  },
  rewrite: {
    about: 'replace the ids of moved files in JSON, CSV and text files',
    words: ['MAP', 'FILE...'],
    options: [DRY_RUN, QUIET, JSON_OUTPUT],
    examples: [
      ['rewrite ids.jsonl products.csv pages.json', 'ids and URLs of another site, by the map that sync --map has written'],
    ],
  },
  recover: {
    about: 'rebuild the lost catalog of a directory from its files',
    words: ['DIR'],
    options: [QUIET, JSON_OUTPUT],
    examples: [['recover media', 'every file that is left, in the folder /Recovered']],
  },
  completion: {
    about: 'print a completion script for a shell',
    words: ['SHELL'],
    options: [],
    examples: [
      ['completion bash >> ~/.bashrc', 'for every bash from now on'],
      ['completion zsh > ~/.zsh/completions/_wix-media', 'where fpath has that directory'],
      ['completion fish > ~/.config/fish/completions/wix-media.fish', 'where fish looks by itself'],
    ],
  },
};

/**
 * All options of a command: its own, those that say where it works, and `--help`.
 *
 * @param {string} name
 */
export const optionsOf = (name) => {
  const { options, isRemote } = commands[name];
  return [...options, ...(isRemote ? PLACE : []), HELP];
};
