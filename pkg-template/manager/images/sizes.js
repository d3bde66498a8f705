// The sizes of transformed images that are allowed, where the host lists some.

/** What the manager's own descriptors ask for: `previewImage`. */
const PREVIEW = '800x450';

/**
 * A function that says why a transform is not allowed; undefined where it is.
 *
 * @param {(number | string)[] | undefined} sizes Widths, and widths with heights such as `300x200`. Undefined for all.
 * @returns {(transform: string) => string | undefined}
 */
export function allowed(sizes) {
  if (!sizes) return () => undefined;
  const listed = new Set([...sizes.map(String), PREVIEW]);
  return (transform) => {
    // The last step of a chain decides about the size of the result.
    const [, width, height] = [...transform.matchAll(/\bw_(\d+),h_(\d+)/g)].pop() ?? [];
    if (listed.has(width) || listed.has(`${width}x${height}`)) return undefined;
    return `size not allowed: ${width}x${height}: this Media Manager makes images of listed sizes only`;
  };
}
