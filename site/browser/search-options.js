// What the search reads and keeps of a section. The build of the index and the page have to agree.

/** @type {import('minisearch').Options} */
export const SEARCH = {
  idField: 'address',
  fields: ['page', 'heading', 'text'],
  storeFields: ['page', 'heading'],
  searchOptions: {
    boost: { page: 2, heading: 4 },
    // People look for the text of an error more often than for a rule of the API.
    boostDocument: (address) => (/^(?:errors|faq)\./.test(address) ? 3 : /^(?:contract|project)\//.test(address) ? 0.4 : 1),
    prefix: true,
    fuzzy: 0.2,
    combineWith: 'AND',
  },
};
