// Transforms whose result is an AVIF. `images.wasm` makes a PNG, which an encoder of the platform turns into AVIF.

/**
 * A transform whose result is an AVIF, as one whose result is a PNG. Undefined for others: animations keep their frames as WebP.
 *
 * @param {string} transform In the canonical form that the manager writes.
 * @returns {{ transform: string, quality(width: number, height: number): number } | undefined}
 */
export function avifOf(transform) {
  const isAsked = /,enc_avif\b/.test(transform) || (/\/0\.avif$/.test(transform) && !/,enc_auto\b/.test(transform));
  if (!isAsked || /,anm_all\b/.test(transform)) return undefined;
  const given = /,quality_auto\b/.test(transform) ? undefined : /,q_(\d+)/.exec(transform)?.[1];
  return {
    transform: transform.replace(/,enc_avif\b/, '').replace(/\/0\.\w+$/, '/0.png'),
    quality: (width, height) => Number(given ?? defaultQuality(width * height)),
  };
}

/**
 * The quality of results of this area, as in `docs/contract/media-urls.md#s4-2`.
 *
 * @param {number} area
 */
function defaultQuality(area) {
  if (area > 1400 * 1400) return 90;
  return area > 600 * 600 ? 85 : 80;
}
