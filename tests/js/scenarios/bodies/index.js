// All scenarios, in the order in which they are read best.
import './folders.js';
import './files.js';
import './trash.js';
import './pages.js';
import './search.js';
import './queries.js';
import './uploads.js';
import './resumable.js';
import './downloads.js';
import './events.js';
import './errors.js';
import './imports.js';
import './access.js';
import './aids.js';
