// The page: one connection, the views that call through it, and the panel that shows what they called.
import './call-inspector.js';
import { Connection } from './connection.js';
import { startRouting } from './routes.js';
import { showConnection } from './views/connection.js';
import { showFile } from './views/file.js';
import { showFiles } from './views/files.js';
import { showFolder } from './views/folder.js';
import { showFunctions } from './views/functions.js';

const status = document.querySelector('#status');
const inspector = document.querySelector('call-inspector');
const connection = new Connection();

const page = {
  connection,
  /** Ids that the person has met here; the examples use them. */
  seen: {},
  /** Says something to those who do not see the page change. */
  announce(text) {
    status.textContent = text;
  },
  /** Goes to a view. */
  go(view, parameters) {
    location.hash = parameters ? `${view}?${new URLSearchParams(parameters)}` : view;
  },
};

connection.addEventListener('call', ({ detail }) => inspector.add(detail));

startRouting({
  connection: showConnection(page),
  files: showFiles(page),
  file: showFile(page),
  folder: showFolder(page),
  functions: showFunctions(page),
});
