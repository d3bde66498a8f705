// The package without its files: the program brings them by `init`.
export * from '../client/index.js';
export { default } from '../client/index.js';
