// Which blocks of code a reader can run in the browser.

/** What no browser has, with the words for it. The first that matches counts. */
const OBSTACLES = /** @type {const} */ ([
  [/from '@wix\//, 'Needs the official SDK, which is not on this site'],
  [/from 'node:/, 'Needs Node: it uses modules of Node'],
  [/\bprocess\./, 'Needs Node: it reads the environment'],
  [/\bthread: true/, 'Needs Node: it starts a thread of Node'],
  [/\bdirectory: '|toDirectory\(|sync\(/, 'Needs Node: it uses a folder on disk'],
  [/\b(?:upload|ensure)\('[^'/]+\.\w+'/, 'Needs Node: it reads a file from disk'],
]);

/**
 * Returns why a block of `js` cannot run in a browser, or undefined if it can.
 *
 * @param {string} code
 */
export const obstacleTo = (code) => OBSTACLES.find(([pattern]) => pattern.test(code))?.[1];
