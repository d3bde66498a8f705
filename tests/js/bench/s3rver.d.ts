// It has no types of its own.
declare module 's3rver';
