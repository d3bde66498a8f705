// A client of ours on a scripted service.
import { createClient } from './package.js';
import { respond } from './fetch.js';

export const ok = (body = {}) => ({ status: 200, body });
export const status = (number, { headers, body = {} } = {}) => ({ status: number, headers, body });
export const refused = { networkError: { name: 'TypeError', message: 'fetch failed', cause: { message: 'connect', code: 'ECONNREFUSED' } } };
export const reset = { networkError: { name: 'TypeError', message: 'fetch failed', cause: { message: 'reset', code: 'ECONNRESET' } } };

/**
 * A client whose requests are answered by `script`: a list of answers, the last of which stays, or a function
 * of the request and its number that gives an answer, a Response, or a promise of one.
 */
export function scriptedClient(script, options = {}) {
  const requests = [];
  const fetch = async (url, init) => {
    const number = requests.push({ url, ...init, headers: { ...init.headers } }) - 1;
    const answer = typeof script === 'function' ? await script(requests[number], number) : (script[number] ?? script.at(-1));
    return answer instanceof Response ? answer : respond(answer);
  };
  const client = createClient({ auth: { apiKey: 'key', siteId: 'site' }, fetch, ...options });
  return { client, requests, ...client };
}

/** Valid arguments for every call, by name. */
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

/** Resolves to what the promise rejects with. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('resolved where a rejection was expected');
}
