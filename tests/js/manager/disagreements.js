// Files for which another program has another result, with the specification by which ours is correct.

/** @typedef {Record<string, string>} Reasons By the name of the file. */

/**
 * By program.
 *
 * @type {Record<'ffprobe' | 'music-metadata' | 'exiftool' | 'sharp' | 'file-type', Reasons>}
 */
export const DISAGREEMENTS = {
  ffprobe: {
    'film-length-unknown.mp4': 'a duration with all bits set is unknown: ISO/IEC 14496-12, 8.2.2; the track has another',
    'live.webm': 'no duration is stored, but the blocks have times: RFC 9559, 5.1.3.5.3',
    'mp3-ape-tag.mp3': 'a cover in an APE tag is not audio: APE Tags 2.000; there are 116 frames of 1152 samples',
    'mp3-tag-zero-frames.mp3': '116 frames of 1152 samples: ISO/IEC 11172-3, 2.4.2.1; ffprobe estimates by the bit rate of the first',
    'mp3-varying-without-tag.mp3': '116 frames of 1152 samples: ISO/IEC 11172-3, 2.4.2.1; ffprobe estimates by the bit rate of the first',
  },
  'music-metadata': {
    'mp3-ape-tag.mp3': 'a cover in an APE tag is not audio: APE Tags 2.000; there are 116 frames of 1152 samples',
  },
  exiftool: {
    'avif-aperture-first.avif': 'the clean aperture is what is shown: ISO/IEC 23000-22, 7.3.6.7',
    'gif-screen-smaller.gif': 'the frame is larger than the screen, which browsers enlarge: docs/images.md',
    'gif-screen-zero.gif': 'a screen of 0 × 0 is that of the frame, as browsers have it: docs/images.md',
    'icon.ico': 'the largest picture is shown, and exiftool reports the first: docs/images.md',
    'jxl-turned-6.jxl': 'the orientation in the code is applied: ISO/IEC 18181-1, annex D',
  },
  sharp: {
    'gif-cut.gif': 'missing rows are transparent: docs/images.md',
    'jpeg-cut-in-half.jpg': 'the row of blocks in which the file ends is shown as far as it goes: docs/images.md',
  },
  'file-type': {
    'audiobook.m4b': 'the brand "M4B " is that of audiobooks: mp4ra.org, brands',
    'avif-brand-miaf.avif': 'compatible brand avif: ISO/IEC 14496-12, 4.3, and AV1 Image File Format, 6',
    'avif-brand-mif1.avif': 'compatible brand avif: ISO/IEC 14496-12, 4.3, and AV1 Image File Format, 6',
    'heif-brand-vvic.heif': 'compatible brand mif1: ISO/IEC 23008-12, 10.2',
    'feed.xml': 'its root element is rss: RSS 2.0',
    'name.3mf': 'it has the part 3D/3dmodel.model: 3MF Core, 2.1',
    'name.usdz': 'its first entry is a layer of USD: USDZ, Layout',
    'page-xhtml.html': 'its root element is html: HTML, 14.1 allows both types',
    'svg-behind-long-comment': 'its root element is svg: SVG 2, 5.1',
    'svg-utf16be.svg': 'its root element is svg: SVG 2, 5.1',
    'svg-utf16le.svg': 'its root element is svg: SVG 2, 5.1',
  },
};

/** The largest share of files that may be listed here. */
export const MAX_SHARE = 0.02;
