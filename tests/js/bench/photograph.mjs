// A photograph of 12 megapixels.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

/** @param {string} name */
const photo = (name) => readFile(new URL(`../../data/photos/${name}.jpg`, import.meta.url));

/**
 * The photographs side by side, as large as a camera's picture and as full of detail.
 *
 * @param {boolean} progressive
 */
export async function photograph(progressive) {
  const names = ['astronaut', 'chelsea', 'coffee', 'coffee-cup', 'hubble_deep_field', 'rocket', 'chelsea-portrait'];
  const tiles = await Promise.all(names.map(async (name) => sharp(await photo(name)).resize(400, 300).toBuffer()));
  const composite = Array.from({ length: 100 }, (_, at) => ({
    input: tiles[(at * 3 + Math.floor(at / 10)) % tiles.length],
    left: (at % 10) * 400,
    top: Math.floor(at / 10) * 300,
  }));
  const canvas = sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#888' } });
  return canvas.composite(composite).jpeg({ quality: 88, progressive }).toBuffer();
}
