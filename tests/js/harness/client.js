// A client of ours on a scripted service.
import { createClient } from './package.js';
import { respond } from './fetch.js';

/** @import { Answer } from './types.d.ts' */

/**
 * @param {unknown} [body]
 * @returns {Answer}
 */
export const ok = (body = {}) => ({ status: 200, body });
/**
 * @param {number} number
 * @param {Pick<Answer, 'headers' | 'body'>} [more]
 * @returns {Answer}
 */
export const status = (number, { headers, body = {} } = {}) => ({ status: number, headers, body });
export const refused = { networkError: { name: 'TypeError', message: 'fetch failed', cause: { message: 'connect', code: 'ECONNREFUSED' } } };
export const reset = { networkError: { name: 'TypeError', message: 'fetch failed', cause: { message: 'reset', code: 'ECONNRESET' } } };

/**
 * A client whose requests `script` answers: a list of answers, of which the last one repeats, or a function of the request and
 * its number that returns an answer, a Response, or a promise of one.
 *
 * @param {Answer[] | ((request: any, number: number) => Answer | Response | Promise<any>)} script
 * @param {object} [options]
 */
export function scriptedClient(script, options = {}) {
  /** @type {any[]} */
  const requests = [];
  const fetch = async (/** @type {string} */ url, /** @type {any} */ init) => {
    const number = requests.push({ url, ...init, headers: { ...init.headers } }) - 1;
    const answer = typeof script === 'function' ? await script(requests[number], number) : (script[number] ?? script.at(-1));
    return answer instanceof Response ? answer : respond(answer);
  };
  const client = createClient({ auth: { apiKey: 'key', siteId: 'site' }, fetch, ...options });
  return { client, requests, ...client };
}

/**
 * Valid arguments for every call, by name.
 *
 * @type {Record<string, unknown[]>}
 */
export const validArguments = {
  generateFilesDownloadUrl: [['f1']],
  generateFileDownloadUrl: ['f1'],
  getFileDescriptor: ['f1'],
  getFileDescriptors: [['f1']],
  updateFileDescriptor: [{ _id: 'f1', displayName: 'new' }],
  generateFileUploadUrl: ['image/jpeg'],
  generateFileResumableUploadUrl: ['video/mp4'],
  importFile: ['https://example.com/a.jpg'],
  bulkImportFiles: [[{ url: 'https://example.com/a.jpg' }]],
  bulkImportFile: [[{ url: 'https://example.com/a.jpg' }]],
  listFiles: [],
  searchFiles: [],
  generateVideoStreamingUrl: ['f1'],
  bulkDeleteFiles: [['f1']],
  bulkRestoreFilesFromTrashBin: [['f1']],
  listDeletedFiles: [],
  queryFileDescriptors: [{}],
  createFolder: ['new'],
  getFolder: ['d1'],
  listFolders: [],
  searchFolders: [],
  updateFolder: ['d1', { displayName: 'new' }],
  generateFolderDownloadUrl: ['d1'],
  bulkDeleteFolders: [['d1']],
  bulkRestoreFoldersFromTrashBin: [['d1']],
  listDeletedFolders: [],
  queryFolders: [{}],
};

/**
 * Resolves to what the promise rejects with.
 *
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>}
 */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('resolved where a rejection was expected');
}
