// What every decoder makes of a video: the number, size and times of posters, and the heights of renditions.

/** The heights of renditions, in pixels. */
export const HEIGHTS = [240, 360, 480, 720, 1080];

/** The number of posters, and the box that they fit into. */
export const POSTERS = 4;
export const POSTER_BOX = { width: 1920, height: 1080 };

/**
 * The size of the posters of a video.
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
 * The times of the posters: in the middle of each of four parts.
 *
 * @param {number} duration In any unit.
 */
export const posterPlaces = (duration) => Array.from({ length: POSTERS }, (_, number) => (duration * (2 * number + 1)) / (2 * POSTERS));
