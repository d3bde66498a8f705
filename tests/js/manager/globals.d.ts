import type * as Package from '../harness/package.js';

// What page.js and the tests put on the global object of a page.
declare global {
  var wixMedia: typeof Package;
  var manager: Package.MediaManager;
  /** Uploads bytes, and gives the descriptor in REST form. */
  var put: (manager: Package.MediaManager, fileName: string, body: BodyInit, mimeType?: string) => Promise<any>;
  /** Whether page.js has run. */
  var result: boolean;
}
