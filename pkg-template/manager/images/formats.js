// The modules that decode one format each, which are loaded with the first image that needs one. They have one function of
// the same form.
import jxl from '#jxl-glue';
import svg from '#svg-glue';
import tiff from '#tiff-glue';

/** @import { Format, FormatCore } from '../internal.d.ts' */

/**
 * What starts a module, by the name of its file without the ending.
 *
 * @type {Record<Format, (module: WebAssembly.Module) => FormatCore>}
 */
export const formats = { jxl, svg, tiff };

export const FORMATS = /** @type {Format[]} */ (Object.keys(formats));
