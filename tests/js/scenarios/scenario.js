// The list of scenarios. A body knows neither the client nor the storage nor the runtime that it runs on.

/** @import { ScenarioOptions } from './types.d.ts' */

/** @typedef {ReturnType<typeof import('./world.js').createWorld>} World */
/** @typedef {(world: World) => unknown} Body */

/** @type {{ name: string, options: ScenarioOptions, run: Body }[]} */
export const scenarios = [];

let part = '';

/**
 * Names the part that the following scenarios belong to.
 *
 * @param {string} name
 */
export function about(name) {
  part = name;
}

/**
 * Adds a scenario. `options` go to `createManager`, as plain JSON, since a page gets them from outside; `run` gets a world.
 * `options.needs` says what a server behind a URL may not have: a `clock` that stands still and can be moved, or `long-urls`
 * beyond the 16 kB that Node's HTTP server reads.
 *
 * @param {string} name
 * @param {ScenarioOptions | Body} options
 * @param {Body} [run]
 */
export function scenario(name, options, run) {
  if (typeof options === 'function') scenarios.push({ name: `${part}: ${name}`, options: {}, run: options });
  else if (run) scenarios.push({ name: `${part}: ${name}`, options, run });
}
