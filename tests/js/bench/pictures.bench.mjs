// A photograph of 12 megapixels to 300 by 300, as CPU time beside sharp, which is libvips and libjpeg-turbo natively, on one
// thread. Ours is the whole way of a request to a manager: the bytes out of its storage, and no result kept.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';

const ROUNDS = 12;
/** @param {string} name */
const photo = (name) => readFile(new URL(`../../data/photos/${name}.jpg`, import.meta.url));

sharp.concurrency(1);
sharp.cache(false);

/**
 * The photographs side by side, as large as a camera's picture and as full of detail.
 *
 * @param {boolean} progressive
 */
async function large(progressive) {
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

/** @param {() => unknown} work */
async function cpu(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const manager = await createManager();
/** @param {Buffer<ArrayBuffer>} bytes */
async function uploaded(bytes) {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl('image/jpeg', { fileName: 'large.jpg' });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', body: bytes });
  return (await response.json()).file.url;
}

/** @param {number[]} values */
const median = (values) => values.sort((one, other) => one - other)[values.length >> 1];
console.log('12 megapixels to 300 by 300, CPU time (median, interleaved)');
for (const progressive of [false, true]) {
  const bytes = await large(progressive);
  const url = await uploaded(bytes);
  for (const format of /** @type {const} */ (['jpeg', 'webp'])) {
    const ours = [];
    const theirs = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // A name of its own for each round, so that no result is found again.
      const tail = `v1/fill/w_300,h_300,al_c,q_80,br_0.${String(round + 1).padStart(3, '0')}/a.${format === 'jpeg' ? 'jpg' : format}`;
      ours.push(
        await cpu(async () => {
          const response = await manager.fetch(`${url}/${tail}`);
          if (response.status !== 200) throw new Error(await response.text());
          await response.arrayBuffer();
        }),
      );
      theirs.push(await cpu(() => sharp(bytes).resize(300, 300)[format]({ quality: 80 }).toBuffer()));
    }
    const [own, other] = [median(ours), median(theirs)];
    const source = `${progressive ? 'progressive' : 'baseline'} JPEG of ${(bytes.length / 1e6).toFixed(1)} MB`;
    console.log(`${source} to ${format}: ${own.toFixed(0)} ms, sharp ${other.toFixed(0)} ms, ${(own / other).toFixed(2)}×`);
  }
}
await manager.close();
