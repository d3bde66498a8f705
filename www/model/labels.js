// The labels of several files at once.
/** @import { FileItem } from './item.js' */
/** @import { JobStep } from './job-kinds.js' */
import { subjectOf } from './item.js';

/** The labels of a file. @param {FileItem} file */
export const labelsOf = ({ value }) => (Array.isArray(value.labels) ? value.labels.map(String) : []);

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
  return stepsOf(files, (before) => {
    const left = before.filter((label) => !removed.includes(label) || wanted.includes(label));
    return [...left, ...wanted.filter((label) => !left.includes(label))];
  });
}

/**
 * Returns the steps of a job that gives labels another name, or several the same one. They stay where they are among the labels of
 * a file.
 *
 * @param {readonly FileItem[]} files
 * @param {readonly string[]} labels
 * @param {string} name
 * @returns {JobStep[]}
 */
export const renamedLabels = (files, labels, name) => stepsOf(files, (before) => [...new Set(before.map((label) => (labels.includes(label) ? name : label)))]);

/**
 * Returns the labels that a file gets by a change that was planned when it had others: what changed since then stays.
 *
 * @param {readonly string[]} now
 * @param {{ before: readonly string[], labels: readonly string[] }} planned
 * @returns {string[]}
 */
export function mergedLabels(now, { before, labels }) {
  if (now.length === before.length && now.every((label, index) => label === before[index])) return [...labels];
  const left = now.filter((label) => !before.includes(label) || labels.includes(label));
  return [...new Set([...left, ...labels.filter((label) => !before.includes(label))])];
}

/**
 * @param {readonly FileItem[]} files
 * @param {(before: readonly string[]) => string[]} change
 * @returns {JobStep[]}
 */
function stepsOf(files, change) {
  return files.flatMap((file) => {
    const before = labelsOf(file);
    const labels = change(before);
    const isSame = labels.length === before.length && labels.every((label, index) => label === before[index]);
    return isSame ? [] : [{ ...subjectOf(file), labels, before }];
  });
}
