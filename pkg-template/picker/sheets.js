// The style of the picker: that of the page's parts, and its own. It shows tiles only, so the style of the table is not among
// them. Sheets that scripts make need no permission of a Content-Security-Policy, and all pickers of a document share them.
import grid from '../../www/parts/media-grid/media-grid.css';
import tiles from '../../www/parts/media-grid/tiles.css';
import controls from '../../www/style/controls.css';
import theme from '../../www/style/theme.css';
import report from '../../www/ui/error-report.css';
import picture from '../../www/ui/picture.css';
import bar from '../../www/ui/transfer-bar.css';
import own from './picker.css';

/** @type {CSSStyleSheet[] | undefined} */
let made;

export function sheets() {
  made ??= [theme, grid, tiles, picture, controls, report, bar, own].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return made;
}
