// Tests of programs that use the package: a manager that every test finds as it was, content of each kind, and what test runners
// take.
export { createTestManager, managerFixtures, useTestManager } from './manager.js';
export { matchers } from './matchers.js';
export { routePage } from './page.js';
export { sample } from './sample.js';
