export * from '../../../pkg-template/types/testing.js';
