// The command line: every command, what it takes, and what it says of itself. The parser, the help, the completions and
// the test of docs/command.md all read this.

const HELP = { name: 'help', short: 'h', about: 'this text' };

const PLACE = [
  { name: 'url', value: 'URL', about: 'a running server, such as http://127.0.0.1:4410' },
  { name: 'data', value: 'DIR', kind: 'directory', about: 'the directory of a Media Manager that no server has open' },
  { name: 'api-key', value: 'KEY', about: 'the key to use, instead of WIX_API_KEY' },
  { name: 'site-id', value: 'ID', about: 'the site to use, instead of WIX_SITE_ID' },
];

const JSON_OUTPUT = { name: 'json', about: 'one JSON document on the standard output, for scripts' };
const QUIET = { name: 'quiet', short: 'q', about: 'no progress, and no word about what went well' };
const DRY_RUN = { name: 'dry-run', short: 'n', about: 'say what would go, and change nothing' };
const YES = { name: 'yes', short: 'y', about: 'do not ask' };

export const MEDIA_TYPES = ['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'VECTOR', 'ARCHIVE', 'MODEL3D', 'OTHER'];

const TYPE = {
  name: 'type',
  short: 't',
  value: 'TYPE',
  isRepeated: true,
  choices: MEDIA_TYPES,
  about: 'only files of this media type; may be given several times',
};

/**
 * One row for each command: `words` are its arguments (`...` may be repeated, `[ ]` may be left out), `options` what
 * stands after `--`, `examples` pairs of a command line and what it does. `load` brings the function that does it.
 */
export const commands = {
  serve: {
    about: 'a Media Manager on this machine, with its page',
    words: [],
    options: [
      { name: 'data', value: 'DIR', kind: 'directory', about: 'keep everything in this directory' },
      { name: 'memory', about: 'keep everything in memory; this is what happens without --data' },
      { name: 'port', short: 'p', value: 'N', about: 'the port; 0 for any that is free (4410)' },
      { name: 'host', value: 'HOST', about: 'the address to listen on; any but this machine needs --api-key (127.0.0.1)' },
      { name: 'seed', value: 'DIR', kind: 'directory', about: 'at the first start, take in the files and folders of DIR' },
      { name: 'external-url', value: 'URL', about: 'what URLs in answers begin with, if not with the host of the request' },
      { name: 'api-key', value: 'KEY', isRepeated: true, about: 'only callers with this key; may be given several times' },
      { name: 'site-id', value: 'ID', about: 'the id of the site' },
      { name: 'allow-private-imports', about: 'import from addresses of this machine and network too' },
      { name: 'quiet', short: 'q', about: 'no access log' },
      { name: 'verbose', short: 'v', about: 'the headers of requests in the access log too' },
    ],
    examples: [
      ['serve', 'a Media Manager in memory, at http://127.0.0.1:4410'],
      ['serve --data media', 'the same, but it is all there again the next time'],
      ['serve --data media --seed ~/Pictures', 'with the files of a folder to begin with'],
      ['serve --host 0.0.0.0 --api-key "$KEY"', 'for other machines as well'],
    ],
    load: async () => (await import('./commands/serve.js')).serve,
  },
  ls: {
    about: 'what is in a folder',
    words: ['[PATH...]'],
    options: [
      { name: 'long', short: 'l', about: 'ids, labels and states too' },
      { name: 'sort', value: 'BY', choices: ['name', 'size', 'date'], about: 'name, size or date (name)' },
      { name: 'reverse', short: 'r', about: 'the other way round' },
      TYPE,
      { name: 'trash', about: 'what is in the trash' },
      { name: 'visitors', about: 'what visitors have uploaded' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['ls', 'the top folder'],
      ['ls /Holidays --sort size --reverse', 'largest first'],
      ['ls --trash --type IMAGE', 'pictures in the trash'],
    ],
    load: async () => (await import('./commands/listing.js')).ls,
  },
  tree: {
    about: 'a folder and everything below it',
    words: ['[PATH]'],
    options: [
      { name: 'depth', short: 'd', value: 'N', about: 'how many levels (all)' },
      { name: 'folders', about: 'folders only' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['tree', 'everything'],
      ['tree /Holidays --depth 2 --folders', 'two levels of folders'],
    ],
    load: async () => (await import('./commands/listing.js')).tree,
  },
  put: {
    about: 'upload files and folders',
    words: ['SOURCE...', 'FOLDER'],
    options: [
      { name: 'name', value: 'NAME', about: 'what to call the file, if not as it is called here' },
      { name: 'private', about: 'as private files' },
      { name: 'label', value: 'LABEL', isRepeated: true, about: 'a label; may be given several times' },
      {
        name: 'on-duplicate',
        value: 'WHAT',
        choices: ['keep-both', 'reuse', 'fail'],
        about: 'if the folder has the same content already: keep-both, reuse or fail (reuse)',
      },
      { name: 'concurrency', value: 'N', about: 'how many files at once (4)' },
      { name: 'wait', about: 'until the files are processed' },
      QUIET,
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['put fox.jpg /', 'one file into the top folder'],
      ['put fox.jpg river.jpg /Animals/2024', 'two files; folders that are missing are made'],
      ['put photos /Holidays', 'a folder with all that is in it, as /Holidays/photos'],
      ['put photos/ /Holidays', 'what is in a folder, straight into /Holidays'],
    ],
    load: async () => (await import('./commands/transfer.js')).put,
  },
  get: {
    about: 'download files and folders',
    words: ['PATH...'],
    options: [
      { name: 'to', short: 'o', value: 'TARGET', kind: 'file', about: 'a directory, or another name for the one thing that is got (.)' },
      { name: 'zip', short: 'z', about: 'as one zip' },
      { name: 'force', short: 'f', about: 'replace files that are there' },
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
    load: async () => (await import('./commands/transfer.js')).get,
  },
  mv: {
    about: 'move files and folders into another folder',
    words: ['PATH...', 'FOLDER'],
    options: [QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['mv /fox.jpg /owl.jpg /Animals', 'two files into /Animals']],
    load: async () => (await import('./commands/change.js')).mv,
  },
  rename: {
    about: 'give a file or folder another name',
    words: ['PATH', 'NAME'],
    options: [QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['rename /Animals/fox.jpg "red fox.jpg"', 'in the same folder, called otherwise']],
    load: async () => (await import('./commands/change.js')).rename,
  },
  rm: {
    about: 'move files and folders to the trash, or delete them for good',
    words: ['[PATH...]'],
    options: [
      { name: 'permanent', about: 'for good, instead of into the trash' },
      { name: 'trash', about: 'empty the trash; without paths, all of it' },
      { name: 'older-than', value: 'TIME', about: 'with --trash: only what was changed this long ago, such as 30d or 12h' },
      DRY_RUN,
      YES,
      QUIET,
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [
      ['rm /Animals/fox.jpg', 'to the trash, where restore finds it'],
      ['rm /Animals --permanent --dry-run', 'what a deletion for good would take'],
      ['rm --trash --older-than 30d', 'empty the trash of what is older than thirty days'],
    ],
    load: async () => (await import('./commands/change.js')).rm,
  },
  restore: {
    about: 'take files and folders out of the trash',
    words: ['[PATH...]'],
    options: [{ name: 'all', about: 'everything; with --type, all files of that type' }, TYPE, DRY_RUN, QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [
      ['restore /fox.jpg', 'what is called fox.jpg in the trash, to where it was'],
      ['restore --all --type IMAGE', 'every picture'],
    ],
    load: async () => (await import('./commands/change.js')).restore,
  },
  search: {
    about: 'files and folders by a part of their name, type or label',
    words: ['TEXT'],
    options: [
      { name: 'in', value: 'WHERE', choices: ['site', 'trash', 'visitors'], about: 'site, trash or visitors (site)' },
      TYPE,
      { name: 'limit', value: 'N', about: 'at most so many of each (100)' },
      { name: 'long', short: 'l', about: 'ids, labels and states too' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [['search fox --type IMAGE', 'pictures with fox in their name or labels']],
    load: async () => (await import('./commands/listing.js')).search,
  },
  info: {
    about: 'all that is known of a file or folder',
    words: ['PATH...'],
    options: [
      { name: 'link', about: 'with a link that works for a while without credentials' },
      { name: 'minutes', value: 'N', about: 'how long the link works (600)' },
      JSON_OUTPUT,
    ],
    isRemote: true,
    examples: [['info /Animals/fox.jpg --json', 'the descriptor, as JSON']],
    load: async () => (await import('./commands/listing.js')).info,
  },
  mkdir: {
    about: 'make folders, and those above them',
    words: ['PATH...'],
    options: [QUIET, JSON_OUTPUT],
    isRemote: true,
    examples: [['mkdir /Holidays/2024', 'both folders, unless they are there']],
    load: async () => (await import('./commands/change.js')).mkdir,
  },
  du: {
    about: 'how much is in a folder and in those below it',
    words: ['[PATH]'],
    options: [{ name: 'depth', short: 'd', value: 'N', about: 'how many levels to list (1)' }, JSON_OUTPUT],
    isRemote: true,
    examples: [['du / --depth 2', 'sizes of folders, two levels of them']],
    load: async () => (await import('./commands/listing.js')).du,
  },
  completion: {
    about: 'the script that completes these commands in a shell',
    words: ['SHELL'],
    options: [],
    examples: [
      ['completion bash >> ~/.bashrc', 'for every bash from now on'],
      ['completion zsh > ~/.zsh/completions/_wix-media', 'where fpath has that directory'],
      ['completion fish > ~/.config/fish/completions/wix-media.fish', 'where fish looks by itself'],
    ],
    load: async () => (await import('./commands/completion.js')).completion,
  },
};

/** All options of a command: its own, those that say where it works, and `--help`. */
export const optionsOf = (name) => {
  const { options, isRemote } = commands[name];
  return [...options, ...(isRemote ? PLACE : []), HELP];
};
