// The media helpers, compared with those of the official SDK, and round trips of identifiers.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { media as official } from '@wix/sdk';
import fc from 'fast-check';
import { difference } from '../harness/agreement.js';
import { media, WixMediaError } from '../harness/package.js';

const ID = '11062b_0123456789abcdef0123456789abcdef';

const names = fc.string({ unit: 'grapheme', maxLength: 20 }).map((name) => name.toWellFormed());
// An ID is never encoded, so it holds only what needs no encoding.
const ids = fc.stringMatching(/^[0-9a-f]{6}_[0-9a-f]{8}(~mv2)?\.(jpg|jpeg|jpe|png|webp|avif|JPG)$/);
const sizes = fc.integer({ min: 0, max: 12_000 });
/** @param {string} name */
const segment = (name) => (name === '' ? '' : `/${encodeURIComponent(name)}`);

suite('identifiers', () => {
  const descriptions = {
    image: fc.record({ width: sizes, height: sizes, watermark: fc.stringMatching(/^[a-z0-9]{1,8}$/) }, { requiredKeys: [] }),
    vector: fc.record({ width: sizes, height: sizes }, { requiredKeys: [] }),
    video: fc.record({ posterId: ids, posterWidth: sizes, posterHeight: sizes }, { requiredKeys: [] }),
    audio: fc.record({ duration: fc.double({ min: 0, max: 1e9, noNaN: true }) }, { requiredKeys: [] }),
    document: fc.constant({}),
  };
  for (const [type, members] of Object.entries(descriptions)) {
    test(`parse: undoes format, ${type}`, () => {
      fc.assert(
        fc.property(ids, fc.option(names.filter(Boolean), { nil: undefined }), members, (id, filename, rest) => {
          const described = /** @type {Parameters<typeof media.format>[0]} */ ({ type, id, ...(filename && { filename }), ...rest });
          assert.deepEqual(media.parse(media.format(described)), described);
        }),
      );
    });

    test(`format: undoes parse, ${type}`, () => {
      fc.assert(
        fc.property(ids, names, members, (id, filename, rest) => {
          const identifier = media.format(/** @type {Parameters<typeof media.format>[0]} */ ({ type, id, filename, ...rest }));
          assert.equal(media.format(media.parse(identifier)), identifier);
          assert.match(identifier, new RegExp(`^wix:${type}://v1/`));
        }),
      );
    });
  }

  for (const [identifier, expected] of /** @type {[string, object][]} */ ([
    ['wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160', { type: 'image', id: 'a~mv2.jpg', filename: 'river bank.jpg', width: 3840, height: 2160 }],
    ['image://v1/a~mv2.jpg/x.jpg', { type: 'image', id: 'a~mv2.jpg', filename: 'x.jpg' }],
    ['wix:image://v1/a~mv2.jpg', { type: 'image', id: 'a~mv2.jpg' }],
    ['wix:image://v1/a.jpg/#originWidth=1&originHeight=2', { type: 'image', id: 'a.jpg', width: 1, height: 2 }],
    ['wix:image://v1/a.jpg/n/extra.jpg#originWidth=1&unknown=2', { type: 'image', id: 'a.jpg', filename: 'n', width: 1 }],
    ['wix:document://v1/ugd/a.pdf/price%20list.pdf', { type: 'document', id: 'a.pdf', filename: 'price list.pdf' }],
    ['wix:video://v1/a/clip.mp4#posterUri=p.jpg&posterWidth=1280&posterHeight=720', { type: 'video', id: 'a', filename: 'clip.mp4', posterId: 'p.jpg', posterWidth: 1280, posterHeight: 720 }],
    ['wix:audio://v1/a.mp3/song.mp3#duration=230164', { type: 'audio', id: 'a.mp3', filename: 'song.mp3', duration: 230164 }],
    ['wix:vector://v1/a.svg/logo.svg', { type: 'vector', id: 'a.svg', filename: 'logo.svg' }],
  ])) {
    test(`parse: reads ${identifier}`, () => assert.deepEqual(media.parse(identifier), expected));
  }

  for (const wrong of ['', 'https://example.com/a.jpg', 'wix:image://v1/', 'wix:hologram://v1/a', 'wix:image://v2/a', 'wix:image://v1/a/100%', undefined, null, 7, {}]) {
    test(`parse: refuses ${JSON.stringify(wrong) ?? 'undefined'}, and quotes it`, () => {
      assert.throws(
        () => media.parse(/** @type {any} */ (wrong)),
        (error) => error instanceof WixMediaError && error.message.includes(typeof wrong === 'string' ? JSON.stringify(wrong) : String(wrong)),
      );
    });
  }

  for (const wrong of [undefined, null, {}, { type: 'image' }, { type: 'hologram', id: 'a' }, { type: 'image', id: 'a/b' }, { type: 'image', id: 'a#b' }]) {
    test(`format: refuses ${JSON.stringify(wrong) ?? 'undefined'}`, () => {
      assert.throws(() => media.format(/** @type {any} */ (wrong)), (error) => error instanceof WixMediaError);
    });
  }
});

const imageIdentifiers = fc
  .record({ id: ids, name: names, width: fc.integer({ min: 1, max: 9000 }), height: fc.integer({ min: 1, max: 9000 }) })
  .map(({ id, name, width, height }) => `wix:image://v1/${id}${segment(name)}#originWidth=${width}&originHeight=${height}`);

/** @param {(helpers: Pick<typeof media, 'getImageUrl' | 'getShapeUrl' | 'getVideoUrl' | 'getAudioUrl'>) => unknown} call */
const same = (call) => assert.equal(difference(call(media), call(/** @type {typeof media} */ (/** @type {unknown} */ (official)))), undefined);

suite('helpers', () => {
  test('getImageUrl: equals the official helper', () => fc.assert(fc.property(imageIdentifiers, (image) => same((helpers) => helpers.getImageUrl(image)))));

  test('getImageUrl: accepts static URLs', () => {
    const image = `https://static.wixstatic.com/media/${ID}~mv2.jpg/v1/fill/w_300,h_200,al_c,q_80/x.jpg`;
    same((helpers) => helpers.getImageUrl(image));
    same((helpers) => helpers.getImageUrl(`https://static.wixstatic.com/media/${ID}~mv2.jpg`));
  });

  test('getShapeUrl: equals the official helper', () => fc.assert(fc.property(imageIdentifiers, (image) => same((helpers) => helpers.getShapeUrl(image)))));

  test('getVideoUrl: equals the official helper', () => {
    fc.assert(
      fc.property(ids, names, fc.option(ids), fc.constantFrom(undefined, '360p', '480p', '720p', '1080p'), (id, name, poster, resolution) => {
        const video = `wix:video://v1/${id}${segment(name)}${poster ? `#posterUri=${poster}&posterWidth=640&posterHeight=360` : ''}`;
        same((helpers) => helpers.getVideoUrl(video, resolution));
      }),
    );
    same((helpers) => helpers.getVideoUrl(`https://video.wixstatic.com/video/${ID}/1080p/mp4/file.mp4`, '720p'));
  });

  test('getAudioUrl: equals the official helper', () => {
    fc.assert(
      fc.property(ids, names, fc.option(fc.nat()), (id, name, duration) => {
        const audio = `wix:audio://v1/${id}${segment(name)}${duration === null ? '' : `#duration=${duration}`}`;
        same((helpers) => helpers.getAudioUrl(audio));
      }),
    );
  });

  test('getDocumentUrl: equals the official helper in id and name', () => {
    fc.assert(
      fc.property(ids, names, fc.boolean(), (id, name, old) => {
        const document = `wix:document://v1/${old ? 'ugd/' : ''}${id}${segment(name)}`;
        const { id: ours, filename } = media.getDocumentUrl(document);
        const theirs = official.getDocumentUrl(document);
        assert.deepEqual({ ours, filename }, { ours: theirs.id, filename: theirs.filename });
      }),
    );
  });
});

const targets = fc.integer({ min: 1, max: 6000 });
const options = fc.record(
  {
    quality: fc.integer({ min: 0, max: 100 }),
    devicePixelRatio: fc.constantFrom(0.5, 1, 1.5, 2, 3),
    focalPoint: fc.record({ x: fc.integer({ min: -10, max: 120 }), y: fc.integer({ min: 0, max: 100 }) }),
    upscaleMethod: fc.constantFrom('classic', 'super'),
    encoding: fc.constantFrom('AVIF', 'PAVIF', 'other'),
    autoEncode: fc.boolean(),
    progressive: fc.boolean(),
    watermark: fc.constantFrom('token'),
    name: fc.constantFrom('a b.jpg', 'x/y:z', 'plain', 'é.webp', 'a.b.c.png'),
    baseHostURL: fc.constantFrom('https://images.example.com/'),
    isSEOBot: fc.boolean(),
    allowWebpAvifTransforms: fc.boolean(),
    unsharpMask: fc.record({ radius: fc.constantFrom(0, 0.66, 501), amount: fc.constantFrom(0, 1), threshold: fc.constantFrom(0, 0.01) }),
    filters: fc.record(
      {
        contrast: fc.integer({ min: -120, max: 120 }),
        brightness: fc.integer({ min: -100, max: 100 }),
        saturation: fc.integer({ min: -100, max: 100 }),
        hue: fc.integer({ min: -200, max: 200 }),
        blur: fc.integer({ min: 0, max: 120 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

// The official helpers swap width and height of the source; `swapSourceSize` does the same.
/** @param {object} theirs */
const like = (theirs) => ({ ...theirs, swapSourceSize: true });

suite('transformed images, with width and height swapped', () => {
  test('getScaledToFillImageUrl: equals the official helper with swapSourceSize', () => {
    fc.assert(
      fc.property(imageIdentifiers, targets, targets, options, (image, width, height, chosen) => {
        assert.equal(
          media.getScaledToFillImageUrl(image, width, height, like(chosen)),
          official.getScaledToFillImageUrl(image, width, height, structuredClone(/** @type {any} */ (chosen))),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('getScaledToFitImageUrl: equals the official helper with swapSourceSize', () => {
    fc.assert(
      fc.property(imageIdentifiers, targets, targets, options, (image, width, height, chosen) => {
        assert.equal(
          media.getScaledToFitImageUrl(image, width, height, like(chosen)),
          official.getScaledToFitImageUrl(image, width, height, structuredClone(/** @type {any} */ (chosen))),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('getCroppedImageUrl: equals the official helper with swapSourceSize', () => {
    fc.assert(
      fc.property(imageIdentifiers, sizes, sizes, targets, targets, targets, targets, options, (image, x, y, cropWidth, cropHeight, width, height, chosen) => {
        assert.equal(
          media.getCroppedImageUrl(image, x, y, cropWidth, cropHeight, width, height, like(chosen)),
          official.getCroppedImageUrl(image, x, y, cropWidth, cropHeight, width, height, structuredClone(/** @type {any} */ (chosen))),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

suite('transformed images', () => {
  /** @param {string} extension */
  const image = (extension, width = 4000, height = 3000) => `wix:image://v1/ID.${extension}#originWidth=${width}&originHeight=${height}`;
  const base = 'https://static.wixstatic.com/media/';
  for (const [name, actual, expected] of [
    ['fill', media.getScaledToFillImageUrl(image('jpg'), 800, 600), '/ID.jpg/v1/fill/w_800,h_600,al_c,q_85,usm_0.66_1.00_0.01,enc_auto/ID.jpg'],
    ['fill with a focal point', media.getScaledToFillImageUrl(image('jpg'), 300, 300, { focalPoint: { x: 30, y: 70 } }), '/ID.jpg/v1/fill/w_300,h_300,fp_0.30_0.70,q_80,usm_0.66_1.00_0.01,enc_auto/ID.jpg'],
    ['fit', media.getScaledToFitImageUrl(image('jpg'), 300, 300), '/ID.jpg/v1/fill/w_300,h_225,al_c,q_80,usm_0.66_1.00_0.01,enc_auto/ID.jpg'],
    ['crop', media.getCroppedImageUrl(image('jpg'), 10, 20, 1000, 800, 500, 400), '/ID.jpg/v1/crop/x_10,y_20,w_1000,h_800/fill/w_500,h_400,al_c,q_80,usm_0.66_1.00_0.01,enc_auto/ID.jpg'],
    ['AVIF', media.getScaledToFillImageUrl(image('jpg'), 800, 600, { encoding: 'AVIF' }), '/ID.jpg/v1/fill/w_800,h_600,al_c,q_85,usm_0.66_1.00_0.01,enc_avif,quality_auto/ID.jpg'],
    ['PNG', media.getScaledToFillImageUrl(image('png'), 800, 600), '/ID.png/v1/fill/w_800,h_600,al_c,q_90,usm_0.66_1.00_0.01,enc_auto/ID.png'],
    ['enlarged', media.getScaledToFitImageUrl(image('jpg', 400, 300), 800, 600), '/ID.jpg/v1/fill/w_560,h_420,al_c,lg_1,q_80,enc_auto/ID.jpg'],
    ['SVG', media.getScaledToFillImageUrl(image('svg'), 800, 600), '/ID.svg'],
    ['GIF', media.getScaledToFillImageUrl(image('gif'), 800, 600), '/ID.gif'],
  ]) {
    test(`image URL: ${name}`, () => assert.equal(actual, base + expected.slice(1)));
  }
});

suite('differences to the official helpers', () => {
  test('getDocumentUrl: uses the host of the site', () => {
    const document = 'wix:document://v1/ugd/a.pdf/x.pdf';
    assert.equal(media.getDocumentUrl(document, { siteId: 'site-1' }).url, 'https://site-1.usrfiles.com/ugd/a.pdf');
    assert.equal(media.getDocumentUrl(document).url, undefined);
  });

  test('getShapeUrl: accepts vectors', () => {
    assert.equal(media.getShapeUrl('wix:vector://v1/a.svg/logo.svg').url, 'https://static.wixstatic.com/shapes/a.svg');
  });

  test('helpers: refuse identifiers of another type', () => {
    for (const wrong of ['wix:video://v1/a', 'https://example.com/a.jpg', 'text', '', undefined, null, 5]) {
      for (const helper of ['getImageUrl', 'getAudioUrl', 'getDocumentUrl', 'getScaledToFillImageUrl']) {
        assert.throws(() => /** @type {any} */ (media)[helper](wrong, 1, 1), (error) => error instanceof WixMediaError, `${helper}(${wrong})`);
      }
    }
  });
});
