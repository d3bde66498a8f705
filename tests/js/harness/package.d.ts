export * from '../../../pkg-template/types/index.js';
export { default } from '../../../pkg-template/types/index.js';
