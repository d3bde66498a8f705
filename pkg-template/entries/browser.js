// Browsers and their bundlers, which recognise this form of URL and ship the file.
import { runtime } from '../client/module.js';

runtime.wasm = () => new URL('./client.wasm', import.meta.url);

export * from '../client/index.js';
export { default } from '../client/index.js';
