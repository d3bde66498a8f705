/** The file of a catalog that an import builds. Its end puts it in the place of the other. `src/catalog/sqlite/hosted.rs` names it. */
export const BUILT = 'import.db';
