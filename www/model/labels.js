// The labels of several files at once.
/** @import { FileItem } from './item.js' */
/** @import { JobStep } from './job-kinds.js' */
import { subjectOf } from './item.js';

/** @param {FileItem} file */
const labelsOf = ({ value }) => (Array.isArray(value.labels) ? value.labels.map(String) : []);

/**
 * Counts how many files have each label, by the order of the alphabet.
 *
 * @param {readonly FileItem[]} files
 * @returns {Map<string, number>}
 */
export function labelsIn(files) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const file of files) for (const label of new Set(labelsOf(file))) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => a.localeCompare(b)));
}

/**
 * Returns the steps of a job that gives files other labels. Files that stay as they are have none.
 *
 * @param {readonly FileItem[]} files
 * @param {{ added: readonly string[], removed: readonly string[] }} changes
 * @returns {JobStep[]}
 */
export function changedLabels(files, { added, removed }) {
  const wanted = [...new Set(added.map((label) => label.trim()))].filter(Boolean);
  return files.flatMap((file) => {
    const before = labelsOf(file);
    const left = before.filter((label) => !removed.includes(label) || wanted.includes(label));
    const labels = [...left, ...wanted.filter((label) => !left.includes(label))];
    const isSame = labels.length === before.length && labels.every((label, index) => label === before[index]);
    return isSame ? [] : [{ ...subjectOf(file), labels, before }];
  });
}
