// What is made of a film, whoever decodes it: how many posters from where, and renditions of which heights.

/** The heights of renditions, in pixels. */
export const HEIGHTS = [240, 360, 480, 720, 1080];

/** The number of posters, and the box that they fit into. */
export const POSTERS = 4;
export const POSTER_BOX = { width: 1920, height: 1080 };

/**
 * The size of the posters of a film.
 *
 * @param {number} width
 * @param {number} height
 */
export function posterSize(width, height) {
  const factor = Math.min(1, POSTER_BOX.width / width, POSTER_BOX.height / height);
  const side = (/** @type {number} */ length) => Math.max(1, Math.round(length * factor));
  return { width: side(width), height: side(height) };
}

/**
 * Where the posters are in a film: in the middle of each of four parts.
 *
 * @param {number} duration In any unit.
 */
export const posterPlaces = (duration) => Array.from({ length: POSTERS }, (_, number) => (duration * (2 * number + 1)) / (2 * POSTERS));
