import type * as Package from '../harness/package.js';

// What page.js and the tests put on the global object of a page.
declare global {
  var wixMedia: typeof Package;
  var manager: Package.MediaManager;
  /** Uploads bytes, and gives the descriptor in REST form. */
  var put: (manager: Package.MediaManager, fileName: string, body: BodyInit, mimeType?: string) => Promise<any>;
  /** The events that the manager of a page has told. */
  var heard: string[];
  /** The codes that it has reported. */
  var reported: string[];
  /** 1 once what a test waits for is under way. */
  var progress: number;
  /** Whether page.js has run. */
  var result: boolean;
}
