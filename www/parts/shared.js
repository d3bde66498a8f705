// What the page shares with the parts that are loaded only when they are needed. Each of these parts imports all of it, used or not:
// the bundler makes a bundle for each combination of entries, and the page would begin with six instead of two of them.
import '../model/identifier.js';
import '../model/image-url.js';
import '../model/item.js';
import '../text/web-address.js';
import '../ui/code-block.js';
import '../ui/copy-button.js';
import '../ui/dom.js';
import '../ui/element.js';
import '../ui/error-report.js';
import '../ui/field.js';
import '../ui/focus.js';
import '../ui/image-preview.js';
import '../ui/marks.js';
import '../ui/picture.js';
import './details-panel/facts.js';
import './details-panel/swatches.js';
