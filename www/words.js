// Values in words for people.
import { media } from 'wix-media.v2';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const DASH = '–';

/** `2457600` → `2.5 MB`. Wix says `-1` while it does not know. */
export function size(bytes) {
  const count = Number(bytes);
  if (!bytes || !(count >= 0)) return DASH;
  const step = count < 1000 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), UNITS.length - 1);
  const format = { style: 'unit', unit: UNITS[step], unitDisplay: step ? 'short' : 'long', maximumSignificantDigits: 3 };
  return new Intl.NumberFormat('en-GB', format).format(count / 1000 ** step);
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });

const written = (format) => (date) =>
  date instanceof Date && !Number.isNaN(date.getTime()) ? format.format(date) : DASH;

/** `9 Jan 2024` */
export const day = written(DAY);

/** `9 January 2024 at 08:45:50` */
export const moment = written(MOMENT);

const TYPES = {
  IMAGE: 'Image',
  VIDEO: 'Video',
  AUDIO: 'Audio',
  DOCUMENT: 'Document',
  VECTOR: 'Vector',
  ARCHIVE: 'Archive',
  MODEL3D: '3D model',
  OTHER: 'Other',
};

/** Whether a type is one of those that people know. */
export const isMediaType = (type) => Object.hasOwn(TYPES, type);

/** `MODEL3D` → `3D model`; a type that is new shows as it is. */
export const mediaType = (type) => (isMediaType(type) ? TYPES[type] : String(type ?? DASH));

/** The name of the icon of a media type. */
export const iconOf = (type) => (isMediaType(type) ? type.toLowerCase() : 'other');

/** `1 file`, `2 files` */
export const count = (number, noun) => `${number.toLocaleString('en-GB')} ${noun}${number === 1 ? '' : 's'}`;

/** `34 ms`, `1.2 s` */
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** The address of a picture of a file, about as wide as asked for; undefined when there is none. */
export function thumbnail(file, width, height) {
  const url = file.thumbnailUrl ?? (/^(IMAGE|VECTOR)$/.test(file.mediaType) ? file.url : undefined);
  if (!url) return undefined;
  try {
    // Of pictures on Wix's own host, a small one is enough.
    return media.getScaledToFillImageUrl(url, width, height);
  } catch {
    // Elsewhere there is only the whole.
    return url;
  }
}
