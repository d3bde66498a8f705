// Draws an edited image on a canvas: what the editor shows, and what the transforms of the service cannot make.
/** @import { Edit, Size } from '../../model/edit.js' */
import { say } from '../../text/language.js';
import { hasQuality, resultSize, seen, turnedSize } from '../../model/edit.js';

/** @type {Readonly<Record<string, string>>} */
const TYPES = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

/**
 * Draws an image turned, mirrored and straightened, from the upper left corner on.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} image
 * @param {Size} size Of the image before any turn.
 * @param {Edit} edit
 * @param {number} scale
 */
export function drawTurned(context, image, size, edit, scale) {
  const { width, height } = turnedSize(size, edit);
  const radians = (edit.angle * Math.PI) / 180;
  // Until no corner is empty.
  const cover = Math.abs(Math.cos(radians)) + Math.abs(Math.sin(radians)) * Math.max(width / height, height / width);
  context.save();
  context.translate((width * scale) / 2, (height * scale) / 2);
  context.rotate(radians);
  context.scale(edit.isMirrored ? -cover : cover, cover);
  context.rotate((edit.turns * Math.PI) / 2);
  context.drawImage(image, (-size.width * scale) / 2, (-size.height * scale) / 2, size.width * scale, size.height * scale);
  context.restore();
}

/**
 * Makes the file of an edited image. Rejects if the browser cannot draw it.
 *
 * @param {CanvasImageSource} image
 * @param {Size} size
 * @param {Edit} edit
 * @returns {Promise<Blob>}
 */
export async function drawn(image, size, edit) {
  const { width, height } = resultSize(edit);
  const part = seen(edit);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error(say`This browser cannot draw the image.`);
  context.imageSmoothingQuality = 'high';
  if (edit.format === 'jpg') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
  }
  const scale = width / part.width;
  context.translate(-part.x * scale, -part.y * scale);
  drawTurned(context, image, size, edit, scale);
  const type = TYPES[edit.format];
  const blob = await new Promise((/** @type {(made: Blob | null) => void} */ resolve) => {
    canvas.toBlob(resolve, type, hasQuality(edit.format) ? edit.quality / 100 : undefined);
  });
  if (!blob) throw new Error(say`The image is too large for this browser.`);
  if (blob.type !== type) throw new Error(say`This browser cannot write ${edit.format.toUpperCase()}. Choose another format.`);
  return blob;
}
