// The package in a page, for the tests of the browser's own file system.
import * as wixMedia from '/package/browser.js';
import { present } from '../harness/present.js';

globalThis.wixMedia = wixMedia;

/** Uploads bytes, and gives the descriptor in REST form. */
globalThis.put = async (manager, fileName, body, mimeType = 'application/octet-stream') => {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl(mimeType, { fileName });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': mimeType }, body });
  const answer = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(answer));
  return answer.file;
};
globalThis.result = true;
