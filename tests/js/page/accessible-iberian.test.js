// Every view, menu and dialog of the page with axe. Three files, so that they run beside each other.
import { accessibleIn } from './accessible.js';

accessibleIn(['es', 'pt']);
