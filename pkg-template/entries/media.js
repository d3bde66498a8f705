// Media identifiers and the URLs of images, without client and WebAssembly.
export { WixMediaError } from '../client/error.js';
export { media } from '../client/media.js';
