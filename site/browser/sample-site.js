// The site of examples that name none: five files and a trash in memory.

/** @import { SeedEntry } from '../../pkg-template/types/index.js' */

/**
 * Opens the site with the package's entry for tests.
 *
 * @param {string} testing The address of that entry.
 */
export async function openSampleSite(testing) {
  /** @type {typeof import('../../pkg-template/types/testing.js')} */
  const { createTestManager, sample } = await import(testing);
  const picture = (/** @type {string} */ name, /** @type {Partial<SeedEntry>} */ more = {}) => ({ path: `/${name}`, content: sample('IMAGE', { name }), ...more });
  const manager = await createTestManager({
    seed: [
      picture('river.jpg', { labels: ['water'] }),
      picture('red fox.jpg', { labels: ['snow'] }),
      picture('forest.jpg'),
      { path: '/clip.mp4', content: sample('VIDEO', { name: 'clip.mp4' }) },
      { path: '/price list.pdf', content: sample('DOCUMENT', { name: 'price list.pdf' }) },
      picture('old.jpg', { trashed: true }),
    ],
  });
  return manager;
}
