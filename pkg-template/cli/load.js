// The code of each command, loaded when it runs. It stands apart from the table of commands, which some commands read.

/** @import { Context } from './internal.d.ts' */

/**
 * Loads the function of a command, by its name in the table. The function resolves to the exit code if it is not 0.
 *
 * @type {Record<string, () => Promise<(context: Context) => Promise<unknown>>>}
 */
export const loaders = {
  serve: async () => (await import('./commands/serve.js')).serve,
  ls: async () => (await import('./commands/ls.js')).ls,
  tree: async () => (await import('./commands/tree.js')).tree,
  put: async () => (await import('./commands/put.js')).put,
  get: async () => (await import('./commands/get.js')).get,
  mv: async () => (await import('./commands/mv.js')).mv,
  rename: async () => (await import('./commands/rename.js')).rename,
  rm: async () => (await import('./commands/rm.js')).rm,
  restore: async () => (await import('./commands/restore.js')).restore,
  search: async () => (await import('./commands/search.js')).search,
  info: async () => (await import('./commands/info.js')).info,
  mkdir: async () => (await import('./commands/mkdir.js')).mkdir,
  du: async () => (await import('./commands/du.js')).du,
  check: async () => (await import('./commands/check.js')).check,
  export: async () => (await import('./commands/export.js')).exportTo,
  import: async () => (await import('./commands/import.js')).importFrom,
  sync: async () => (await import('./commands/sync.js')).syncPlaces,
  verify: async () => (await import('./commands/verify.js')).verifyPlaces,
  rewrite: async () => (await import('./commands/rewrite.js')).rewriteFiles,
  recover: async () => (await import('./commands/recover.js')).recover,
  completion: async () => (await import('./commands/completion.js')).completion,
};
