'use client';
// Hooks and components for React.
export { useFiles } from './files.js';
export { WixImage } from './image.js';
export { useWixMedia, WixMediaProvider } from './provider.js';
export { useUploads } from './uploads.js';
