// The package under test, by the path that `cargo xtask build` writes it to. Installing the packed tarball
// is the business of tests/js/package alone, so that every other test runs without an install.
export * from '../../../dist/node.js';
export { default } from '../../../dist/node.js';
