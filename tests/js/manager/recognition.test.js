// What files are recognised as without a name and a declared type, compared with the npm package file-type.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { zipOf } from './zips.js';
import { fileTypeFromBuffer } from 'file-type';
import { startManager } from '../harness/manager.js';
import { present } from '../harness/present.js';

const DATA = new URL('../../data/', import.meta.url);

/** Other names of one type in file-type. */
const SYNONYMS = new Map([
  ['application/x-sqlite3', 'application/vnd.sqlite3'],
  ['application/vnd.ms-word.document.macroenabled.12', 'application/vnd.ms-word.document.macroEnabled.12'],
  ['audio/ape', 'audio/x-ape'],
  ['image/x-fujifilm-raf', 'image/x-fuji-raf'],
  ['application/x-cfb', 'application/x-ole-storage'],
  ['application/x-rar-compressed', 'application/vnd.rar'],
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['audio/x-m4a', 'audio/mp4'],
  ['image/heic-sequence', 'image/heic'],
  ['image/heif-sequence', 'image/heif'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['video/matroska', 'video/x-matroska'],
  ['video/vnd.avi', 'video/x-msvideo'],
  ['video/x-m4v', 'video/mp4'],
  ['video/MP2P', 'video/mpeg'],
  ['video/MP1S', 'video/mpeg'],
  ['video/x-ms-asf', 'video/x-ms-wmv'],
  ['application/vnd.ms-asf', 'video/x-ms-wmv'],
  ['audio/x-ms-asf', 'audio/x-ms-wma'],
]);

/**
 * The files about which the two disagree, with the specification that makes ours right.
 *
 * @type {Record<string, [ours: string, theirs: string, why: string]>}
 */
const DISAGREEMENTS = {
  'audiobook.m4b': ['audio/mp4', 'video/mp4', 'the brand "M4B " is that of audiobooks (mp4ra.org, brands)'],
  'avif-brand-miaf.avif': ['image/avif', 'video/mp4', 'compatible brand avif: ISO/IEC 14496-12, 4.3, and AV1 Image File Format, 6'],
  'avif-brand-mif1.avif': ['image/avif', 'image/heif', 'compatible brand avif: ISO/IEC 14496-12, 4.3, and AV1 Image File Format, 6'],
  'heif-brand-vvic.heif': ['image/heif', 'video/mp4', 'compatible brand mif1: ISO/IEC 23008-12, 10.2'],
  'cover.mka': ['audio/x-matroska', 'video/x-matroska', 'it has no video track: RFC 9559, 26.3'],
  'feed.xml': ['application/rss+xml', 'application/xml', 'its root element is rss: RSS 2.0'],
  'name.3mf': ['model/3mf', 'application/zip', 'it has the part 3D/3dmodel.model: 3MF Core, 2.1'],
  'name.usdz': ['model/vnd.usdz+zip', 'application/zip', 'its first entry is a layer of USD: USDZ, Layout'],
  'name.docm': [
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.ms-word.document.macroEnabled.12',
    'the content type that tells macros is compressed: without the extension, the base type of ECMA-376',
  ],
  'page-xhtml.html': ['text/html', 'application/xml', 'its root element is html: HTML, 14.1 allows both types'],
  'svg-behind-long-comment': ['image/svg+xml', 'application/xml', 'its root element is svg: SVG 2, 5.1'],
  'type-a.vtt': ['application/octet-stream', 'text/vtt', 'unmarked text has no type without a name: docs/formats.md'],
};

/** @param {string} text */
const bytes = (text) => Buffer.from(text, 'latin1');

/**
 * Generated files: a container with the entries, or the beginning, that make each format.
 *
 * @returns {Record<string, Uint8Array>}
 */
function generated() {
  const office = (/** @type {string} */ type) => `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" ContentType="${type}.main+xml"/></Types>`;
  const open = 'application/vnd.openxmlformats-officedocument';
  return {
    'a.docx': zipOf({ '[Content_Types].xml': office(`${open}.wordprocessingml.document`), 'word/document.xml': '<w/>' }),
    'a.xlsx': zipOf({ '[Content_Types].xml': office(`${open}.spreadsheetml.sheet`), 'xl/workbook.xml': '<w/>' }),
    'a.pptx': zipOf({ '[Content_Types].xml': office(`${open}.presentationml.presentation`), 'ppt/presentation.xml': '<w/>' }),
    'a.odt': zipOf({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<o/>' }),
    'a.ods': zipOf({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<o/>' }),
    'a.epub': zipOf({ mimetype: 'application/epub+zip', 'META-INF/container.xml': '<o/>' }),
    'a.jar': zipOf({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n' }),
    'a.zip': zipOf({ 'notes.txt': 'hello' }),
    'a.7z': bytes(`7z\xbc\xaf\x27\x1c\0\x04${'\0'.repeat(24)}`),
    'a.rar': bytes(`Rar!\x1a\x07\x01\0${'\0'.repeat(24)}`),
    'a.bz2': bytes(`BZh91AY&SY${'\0'.repeat(24)}`),
    'a.xz': bytes(`\xfd7zXZ\0\0\x04${'\0'.repeat(24)}`),
    'a.zst': bytes(`\x28\xb5\x2f\xfd${'\0'.repeat(24)}`),
    'a.gz': bytes(`\x1f\x8b\x08\0${'\0'.repeat(24)}`),
    'a.pdf': bytes('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n'),
    'a.rtf': bytes('{\\rtf1\\ansi hello}'),
    'a.psd': bytes(`8BPS\0\x01${'\0'.repeat(40)}`),
    'a.glb': bytes(`glTF\x02\0\0\0\x0c\0\0\0${'\0'.repeat(8)}`),
    'a.woff': bytes(`wOFF\0\x01\0\0${'\0'.repeat(40)}`),
    'a.otf': bytes(`OTTO\0\x01\0\0${'\0'.repeat(40)}`),
    'a.mid': bytes('MThd\0\0\0\x06\0\x01\0\x02\x01\xe0MTrk\0\0\0\0'),
    'a.amr': bytes(`#!AMR\n${'\0'.repeat(24)}`),
    'a.ape': bytes(`MAC \x96\x0f${'\0'.repeat(40)}`),
    'a.wv': bytes(`wvpk${'\0'.repeat(40)}`),
    'a.flv': bytes(`FLV\x01\x05\0\0\0\x09${'\0'.repeat(24)}`),
    'a.sqlite': bytes(`SQLite format 3\0${'\0'.repeat(84)}`),
    'a.wasm': bytes('\0asm\x01\0\0\0'),
    'a.raf': bytes(`FUJIFILMCCD-RAW 0201${'\0'.repeat(100)}`),
    'a.jp2': bytes(`\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ${'\0'.repeat(24)}`),
  };
}

/** Every file that is shipped with the tests, and the generated ones. */
async function samples() {
  const found = generated();
  for (const folder of ['media', 'types', 'photos', 'site']) {
    for (const entry of await readdir(new URL(folder, DATA), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /\.(md|txt|json)$/.test(entry.name)) continue;
      found[entry.name] = await readFile(`${entry.parentPath}/${entry.name}`);
    }
  }
  return Object.entries(found);
}

suite('recognition', () => {
  test('recognition: agrees with file-type over shipped and generated files', async (t) => {
    const manager = await startManager(t);
    /** @type {typeof DISAGREEMENTS} */
    const found = {};
    const all = await samples();
    for (const [name, content] of all) {
      const theirs = (await fileTypeFromBuffer(content))?.mime;
      const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'sample' });
      const response = await manager.fetch(present(uploadUrl), { method: 'PUT', body: Buffer.from(content) });
      assert.equal(response.status, 200, name);
      const ours = (await response.json()).file.mimeType;
      const named = theirs && (SYNONYMS.get(theirs) ?? theirs);
      if (named !== undefined && named !== ours) found[name] = [ours, named, DISAGREEMENTS[name]?.[2] ?? 'NOT LISTED'];
    }
    assert.deepEqual(found, DISAGREEMENTS);
    assert.ok(all.length > 80, `${all.length} files`);
    assert.ok(Object.keys(found).length <= all.length * 0.1, 'too many disagreements');
  });
});
