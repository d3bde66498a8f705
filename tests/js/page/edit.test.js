// Edits of images as numbers: the crop and the focal point turn with the image, and addresses follow the grammar.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editedUrl, fitted, flipped, inRatio, inside, isDrawn, resultSize, seen, turned, unedited, widthsOf } from '../../../www/model/edit.js';

const URL_OF = 'http://127.0.0.1/media/abc.jpg';
const SIZE = { width: 400, height: 200 };
const edit = { ...unedited(SIZE, URL_OF), crop: { x: 10, y: 20, width: 100, height: 50 }, focus: { x: 0.25, y: 0.75 }, width: 100 };

test('edit: changes nothing at first', () => {
  const first = unedited(SIZE, URL_OF);
  assert.equal(isDrawn(first), false);
  assert.equal(editedUrl(URL_OF, SIZE, first), `${URL_OF}/v1/fill/w_400,h_200,al_c,q_90/abc.jpg`);
  assert.equal(unedited(SIZE, 'http://h/a.PNG').format, 'png');
  assert.equal(unedited(SIZE, 'http://h/a.bmp').format, 'webp');
  assert.equal(unedited(SIZE, 'http://h/a.avif').format, 'jpg');
  assert.equal(unedited({ width: 9000, height: 20 }, URL_OF).width, 5000);
});

test('edit: the address crops, fills around the focal point, and names the format', () => {
  assert.equal(editedUrl(URL_OF, SIZE, edit), `${URL_OF}/v1/crop/x_10,y_20,w_100,h_50/fill/w_100,h_50,al_c,q_90/abc.jpg`);
  assert.equal(editedUrl(URL_OF, SIZE, { ...edit, ratio: 1, format: 'png' }), `${URL_OF}/v1/crop/x_10,y_20,w_100,h_50/fill/w_50,h_50,fp_0.25_0.75/abc.png`);
  assert.equal(editedUrl(URL_OF, SIZE, { ...edit, quality: 40 }, 50), `${URL_OF}/v1/crop/x_10,y_20,w_100,h_50/fill/w_50,h_25,al_c,q_40/abc.jpg`);
  for (const turn of [{ turns: 1 }, { isMirrored: true }, { angle: 3 }]) assert.equal(editedUrl(URL_OF, SIZE, { ...edit, ...turn }), undefined);
});

test('edit: four turns lead back, and so do two flips', () => {
  let one = edit;
  for (let turn = 0; turn < 4; turn += 1) one = turned(one, SIZE, 1);
  assert.deepEqual(one, edit);
  one = turned(turned({ ...edit, isMirrored: true }, SIZE, 1), SIZE, -1);
  assert.deepEqual(one, { ...edit, isMirrored: true });
  for (const axis of /** @type {const} */ (['horizontal', 'vertical'])) assert.deepEqual(flipped(flipped(edit, SIZE, axis), SIZE, axis), edit, axis);
});

test('edit: the crop and the focal point stay on what they were on', () => {
  const right = turned(edit, SIZE, 1);
  assert.deepEqual(right.crop, { x: 130, y: 10, width: 50, height: 100 });
  assert.deepEqual(right.focus, { x: 0.25, y: 0.25 });
  assert.equal(right.width, 50);
  assert.deepEqual(turned(edit, SIZE, -1).crop, { x: 20, y: 290, width: 50, height: 100 });
  assert.deepEqual(flipped(edit, SIZE, 'horizontal').crop, { x: 290, y: 20, width: 100, height: 50 });
  assert.deepEqual(flipped(edit, SIZE, 'vertical').crop, { x: 10, y: 130, width: 100, height: 50 });
  // A mirrored image turns the way that is seen.
  assert.equal(turned(flipped(edit, SIZE, 'horizontal'), SIZE, 1).turns, 3);
});

test('edit: a box keeps its ratio and the side that was chosen, if the image has room', () => {
  const box = { x: 10, y: 20, width: 90, height: 60 };
  assert.deepEqual(inRatio(box, 3, 'width', SIZE), { x: 10, y: 20, width: 90, height: 30 });
  assert.deepEqual(inRatio(box, 3, 'height', SIZE), { x: 10, y: 20, width: 180, height: 60 });
  assert.deepEqual(inRatio({ ...box, height: 190 }, 4, 'height', SIZE), { x: 0, y: 20, width: 400, height: 100 });
  assert.deepEqual(inRatio({ ...box, width: 0 }, 1, 'width', SIZE), { x: 10, y: 20, width: 1, height: 1 });
});

test('edit: boxes lie in the image, and results are never enlarged', () => {
  assert.deepEqual(inside({ x: -5, y: 190, width: 900, height: 20 }, SIZE), { x: 0, y: 180, width: 400, height: 20 });
  assert.deepEqual(inside({ x: 3.4, y: 1.6, width: 0, height: 0.2 }, SIZE), { x: 3, y: 2, width: 1, height: 1 });
  assert.deepEqual(fitted({ x: 0, y: 0, ...SIZE }, 1), { x: 100, y: 0, width: 200, height: 200 });
  assert.deepEqual(resultSize({ ...edit, width: 4000 }), { width: 100, height: 50 });
  assert.deepEqual(resultSize({ ...edit, ratio: 9 / 16, width: 4000 }), { width: 28, height: 50 });
  assert.deepEqual(resultSize({ ...edit, crop: { x: 0, y: 0, width: 100, height: 33 }, ratio: 9 / 16, width: 4000 }), { width: 19, height: 33 });
  assert.deepEqual(resultSize({ ...edit, crop: { x: 0, y: 0, width: 3000, height: 6000 }, ratio: 9 / 16, width: 4000 }), { width: 2813, height: 5000 });
  assert.deepEqual(seen({ ...edit, ratio: 1 }), { x: 10, y: 20, width: 50, height: 50 });
  assert.deepEqual(seen({ ...edit, ratio: 1, focus: { x: 1, y: 0 } }), { x: 60, y: 20, width: 50, height: 50 });
  assert.deepEqual(widthsOf({ ...edit, crop: { x: 0, y: 0, width: 1000, height: 500 }, width: 1000 }), [320, 640, 960, 1000]);
});
