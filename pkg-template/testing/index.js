// For tests of programs that use the package: a manager that every test finds unchanged, samples of each media type, and the
// hooks, fixtures and matchers of test runners.
export { createTestManager, managerFixtures, useTestManager } from './manager.js';
export { matchers } from './matchers.js';
export { routePage } from './page.js';
export { sample } from './sample.js';
