import type { Client, FileDescriptor, UploadResult } from '../harness/package.js';

// What the tests put on the global object of a page.
declare global {
  var client: Client;
  /** The results of what was dropped on the page. */
  var dropped: Promise<UploadResult[]>;
  /** An upload under way. */
  var upload: Promise<FileDescriptor>;
}
