// Writes the public surface of the built package to tests/data/surface.txt: `node tests/js/surface/renew.mjs`, after
// `cargo xtask build`.
import { writeFileSync } from 'node:fs';
import { SNAPSHOT, surface } from './surface.js';

writeFileSync(SNAPSHOT, surface());
console.log(`Wrote ${SNAPSHOT}`);
