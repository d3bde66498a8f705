// A photograph of 12 megapixels to 300 by 300, as CPU time beside sharp, which is libvips and libjpeg-turbo natively, on one
// thread. Ours is the whole way of a request to a manager: the bytes out of its storage, and no result kept.
import sharp from 'sharp';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { photograph } from './photograph.mjs';

const ROUNDS = 12;
sharp.concurrency(1);
sharp.cache(false);

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
  const bytes = await photograph(progressive);
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
