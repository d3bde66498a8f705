import type * as Package from '../harness/package.js';
import type { ScenarioOptions } from './types.d.ts';

// What page.js puts on the global object of a page.
declare global {
  var wixMedia: typeof Package;
  /** Runs a scenario; resolves to why it failed, if it did. */
  var runScenario: (name: string, settings: { client: string, source: string, storage: ScenarioOptions['storage'] }) => Promise<string | undefined>;
  /** The calls and codes that the scenarios have met so far. */
  var met: () => { called: string[], told: string[] };
  /** Whether page.js has run. */
  var result: boolean;
}
