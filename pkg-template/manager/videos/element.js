// Posters of videos in a page: a <video> element decodes them, and a canvas encodes its frames.
import { linked } from '../../streams/until.js';
import { posterPlaces, posterSize } from './sizes.js';

const JPEG_QUALITY = 0.85;

/** The time limit for loading, and for each frame, in milliseconds. */
const STEP_MS = 30_000;

/** Whether this runtime has <video> elements. */
export const hasVideoElements = () => typeof document === 'object' && typeof HTMLVideoElement === 'function';

/**
 * Resolves at an event of an element. Rejects when the element fails, takes too long, or the signal aborts.
 *
 * @param {HTMLVideoElement} video
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function event(video, name, signal) {
  const own = linked(signal);
  const timer = setTimeout(() => own.abort(new Error(`the browser did not decode it within ${STEP_MS} ms`)), STEP_MS);
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const failed = () => reject(new Error(video.error?.message || 'the browser cannot decode it'));
      own.signal.addEventListener('abort', () => reject(own.signal.reason));
      video.addEventListener(name, () => resolve(), { signal: own.signal });
      video.addEventListener('error', failed, { signal: own.signal });
      if (signal.aborted) reject(signal.reason);
      if (video.error) failed();
    })
  ).finally(() => {
    clearTimeout(timer);
    own.release();
    // Removes the listeners.
    own.abort(new Error('over'));
  });
}

/**
 * Four frames of a video, as JPEG.
 *
 * @param {Blob} bytes
 * @param {AbortSignal} signal
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>}
 */
export async function framesOf(bytes, signal) {
  const video = document.createElement('video');
  const url = URL.createObjectURL(bytes);
  try {
    video.muted = true;
    video.preload = 'auto';
    video.playsInline = true;
    const loaded = event(video, 'loadeddata', signal);
    video.src = url;
    await loaded;
    const { videoWidth, videoHeight, duration } = video;
    if (!videoWidth || !videoHeight) throw new Error('it shows no picture');
    const canvas = Object.assign(document.createElement('canvas'), posterSize(videoWidth, videoHeight));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const posters = [];
    // The duration of an unfinished recording is infinite.
    for (const place of posterPlaces(Number.isFinite(duration) ? duration : 0)) {
      const found = event(video, 'seeked', signal);
      video.currentTime = place;
      await found;
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
      if (!picture) throw new Error('the browser cannot encode its frames');
      posters.push(new Uint8Array(await picture.arrayBuffer()));
    }
    return posters;
  } finally {
    // Releases the video at once.
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}
