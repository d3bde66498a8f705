// The synchronisation under test, of the built package.
export * from '../../../dist/sync.js';
