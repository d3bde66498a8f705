// Values in words for people.

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

/** The types that people know, in the order of choices. */
export const MEDIA_TYPES = Object.keys(TYPES);

/** Whether a type is one of those that people know. */
export const isMediaType = (type) => Object.hasOwn(TYPES, type);

/** `MODEL3D` → `3D model`; a type that is new shows as it is. */
export const mediaType = (type) => (isMediaType(type) ? TYPES[type] : String(type ?? DASH));

/** The name of the icon of a media type. */
export const iconOf = (type) => (isMediaType(type) ? type.toLowerCase() : 'other');

/** `1 file`, `2 files` */
export const count = (number, noun) => `${number.toLocaleString('en-GB')} ${noun}${number === 1 ? '' : 's'}`;

/** `3 files and 1 folder` */
export function amount({ files, folders }) {
  const parts = [files > 0 && count(files, 'file'), folders > 0 && count(folders, 'folder')].filter(Boolean);
  return parts.join(' and ') || 'nothing';
}

/** `34 ms`, `1.2 s` */
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** `0:07`, `1:02:33` */
export function playingTime(ms) {
  const seconds = Math.round(ms / 1000);
  const pad = (number) => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
