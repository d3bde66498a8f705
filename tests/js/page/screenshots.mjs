// Makes the picture of the README anew: `cargo xtask screenshots`. It depends a little on the fonts of the machine.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../harness/browser.js';
import { createClient } from '../harness/package.js';
import { COMMAND } from '../harness/served.js';
import { startTool } from '../harness/tools.js';

const PHOTOS = new URL('../../data/photos/', import.meta.url);
const PICTURE = fileURLToPath(new URL('../../../docs/screenshot.png', import.meta.url));

/** The port of the address that the page shows in its calls. */
const PORT = '4410';

const FOLDERS = ['Brand', 'Spaceflight', 'Menu 2026', 'Animals'];

/** Names on the page and those of the photographs, the newest last. */
const NAMES = [
  ['Morning cup.jpg', 'coffee-cup.jpg'],
  ['Spiral, detail.jpg', 'hubble_galaxies.jpg'],
  ['Countdown.jpg', 'rocket-tower.jpg'],
  ['Chelsea, close.jpg', 'chelsea-portrait.jpg'],
  ['Flat white.jpg', 'coffee.jpg'],
  ['Crew portrait.jpg', 'astronaut.jpg'],
  ['Hubble deep field.jpg', 'hubble_deep_field.jpg'],
  ['Chelsea on the sofa.jpg', 'chelsea.jpg'],
  ['Launch at dawn.jpg', 'rocket.jpg'],
];

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 10"><path d="m3 8 3-5 2 3 1-1 3 3z" fill="#2b8a63"/><circle cx="11" cy="2" r="1" fill="#e5b04b"/></svg>';

/** @type {(() => unknown)[]} */
const ends = [];
const closing = { after: (/** @type {() => unknown} */ end) => void ends.unshift(end) };
try {
  const origin = await startTool(closing, fileURLToPath(PHOTOS), [COMMAND, 'serve', '--memory', '--port', PORT]);
  const { folders, uploads } = createClient({ baseUrl: origin });
  for (const name of FOLDERS) await folders.createFolder(name);
  await uploads.upload(Buffer.from('%PDF-1.4\n'), { displayName: 'Price list.pdf' });
  await uploads.upload(Buffer.from('PK\x03\x04'), { displayName: 'Press kit.zip' });
  await uploads.upload(Buffer.from(LOGO), { displayName: 'Logo.svg' });
  for (const [displayName, name] of NAMES) await uploads.upload(await readFile(new URL(name, PHOTOS)), { displayName });
  const browser = await startBrowser(closing);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
  await page.goto(origin);
  await page.getByRole('button', { name: 'Behind the page' }).click();
  await page.locator('call-inspector .answer').first().waitFor();
  await page.mouse.move(0, 0);
  await page.waitForFunction((count) => {
    const pictures = [...document.querySelectorAll('.tile-picture img')];
    return pictures.length >= count && pictures.every((picture) => picture instanceof HTMLImageElement && picture.naturalWidth > 0);
  }, NAMES.length);
  await page.screenshot({ path: PICTURE });
  console.info(PICTURE);
} finally {
  for (const end of ends) await end();
}
