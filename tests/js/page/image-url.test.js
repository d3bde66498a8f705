// The address of an image that the page loads.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fittedUrl, isTransformable, smallerFormat } from '../../../www/model/image-url.js';

const SCREEN = { width: 1000, height: 800 };

/** @param {string} name @returns {any} */
const image = (name) => ({ url: `https://example.com/media/${name}`, mediaType: 'IMAGE', operationStatus: 'READY' });

suite('addresses of images', () => {
  test('fitted: a large image is scaled down, and a small one is shown as it is', () => {
    assert.equal(fittedUrl(image('a.jpg'), { width: 4000, height: 3000 }, SCREEN), 'https://example.com/media/a.jpg/v1/fit/w_1000,h_750,q_85/a.jpg');
    assert.equal(fittedUrl(image('a.jpg'), { width: 900, height: 700 }, SCREEN), undefined);
    assert.equal(fittedUrl(image('a.gif'), { width: 4000, height: 3000 }, SCREEN), undefined);
  });

  test('fitted: a TIFF of any size is converted to WebP, and never enlarged', () => {
    assert.equal(fittedUrl(image('a.tif'), { width: 60, height: 40 }, SCREEN), 'https://example.com/media/a.tif/v1/fit/w_60,h_40,q_85/a.webp');
    assert.equal(fittedUrl(image('a.tiff'), { width: 2000, height: 400 }, SCREEN), 'https://example.com/media/a.tiff/v1/fit/w_1000,h_200,q_85/a.webp');
  });

  test('formats: large and foreign ones become WebP', () => {
    assert.deepEqual(['a.png', 'a.bmp', 'a.TIF', 'a.tiff', 'a.jxl', 'a.jpg'].map(smallerFormat), ['webp', 'webp', 'webp', 'webp', 'webp', undefined]);
    assert.deepEqual(['a.tif', 'a.bmp', 'a.jxl', 'a.nef', 'a.tiffany'].map((name) => isTransformable(image(name))), [true, true, true, false, false]);
  });
});
