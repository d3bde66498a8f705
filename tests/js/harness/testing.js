// The manager for tests, of the built package.
export * from '../../../dist/testing.js';
