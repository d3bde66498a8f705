// A photograph of 12 megapixels to 300 by 300: CPU of the native server for the whole request, beside sharp, which is libvips and libjpeg-turbo, on
// one thread. They take turns. Never a test.
import { join } from 'node:path';
import sharp from 'sharp';
import { temporaryFolder } from '../../harness/manager.js';
import { createClient } from '../../harness/package.js';
import { present } from '../../harness/present.js';
import { native } from '../../team/native.js';
import { photograph } from '../photograph.mjs';
import { closers, cpu, table, verdict } from './usage.mjs';

const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 20);
const MAX_RATIO = 1.5;

sharp.concurrency(1);
sharp.cache(false);

const { closing, close } = closers();
try {
  const { origin, child } = await native(closing, join(await temporaryFolder(closing), 'data'));
  const pid = present(child.pid);
  const { uploads } = createClient({ baseUrl: origin });
  console.log(`12 megapixels to 300 by 300, CPU, means of ${ROUNDS} in turns; target ≤ ${MAX_RATIO} × sharp`);
  const rows = [['', 'wix-media-server', 'sharp', 'ratio', '']];
  let number = 0;
  for (const progressive of [false, true]) {
    const bytes = await photograph(progressive);
    const file = await uploads.upload(bytes, { displayName: 'large.jpg', mimeType: 'image/jpeg' });
    for (const format of /** @type {const} */ (['jpeg', 'webp'])) {
      let [ours, theirs] = [0, 0];
      for (let round = -2; round < ROUNDS; round += 1) {
        // A name of its own for each round, so that no result is found again.
        number += 1;
        const before = cpu(pid);
        const response = await fetch(`${file.url}/v1/fill/w_300,h_300,al_c,q_80,br_0.${String(number).padStart(3, '0')}/a.${format === 'jpeg' ? 'jpg' : format}`);
        if (response.status !== 200) throw new Error(await response.text());
        await response.arrayBuffer();
        const between = process.cpuUsage();
        const own = cpu(pid) - before;
        await sharp(bytes).resize(300, 300)[format]({ quality: 80 }).toBuffer();
        const { user, system } = process.cpuUsage(between);
        if (round < 0) continue;
        ours += own;
        theirs += (user + system) / 1e6;
      }
      const ms = (/** @type {number} */ seconds) => `${((seconds / ROUNDS) * 1000).toFixed(1)} ms`;
      rows.push([`${progressive ? 'progressive' : 'baseline'} JPEG of ${(bytes.length / 1e6).toFixed(1)} MB to ${format}`, ms(ours), ms(theirs), `${(ours / theirs).toFixed(2)} ×`, verdict(ours <= MAX_RATIO * theirs)]);
    }
  }
  table(rows);
} finally {
  await close();
}
