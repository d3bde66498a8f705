export * from '../../../pkg-template/types/sync.js';
