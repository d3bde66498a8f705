// Images that wait for a thread, in turns of their groups: those of one file, however many sizes are asked for, do not keep
// out those of another. The colours of uploads are a group that gets every second turn, because their callers have sent
// megabytes by then.

/** @import { ImageJob } from '../internal.d.ts' */

/** The group of uploads, whose jobs are never refused: the uploads under way are their bound. */
export const UPLOADS = Symbol('uploads');

export function createQueue() {
  /** @type {ImageJob[]} */
  const uploads = [];
  /**
   * The other jobs by group. The group whose turn it is comes first.
   *
   * @type {Map<unknown, ImageJob[]>}
   */
  const groups = new Map();
  let count = 0;
  let isTurnOfUploads = true;

  /** @param {ImageJob} job */
  const listOf = ({ group }) => (group === UPLOADS ? uploads : groups.get(group));

  /**
   * Takes a job back.
   *
   * @param {ImageJob} job
   * @returns {boolean} Whether it was still waiting.
   */
  function remove(job) {
    const list = listOf(job);
    const at = list?.indexOf(job) ?? -1;
    if (!list || at < 0) return false;
    list.splice(at, 1);
    if (list === uploads) return true;
    count -= 1;
    if (list.length === 0) groups.delete(job.group);
    return true;
  }

  return {
    get isEmpty() {
      return count + uploads.length === 0;
    },
    /** How many jobs wait that are not those of uploads. */
    get count() {
      return count;
    },
    remove,
    /**
     * Adds a job. Without room for it, the last one of the largest group is dropped, which may be the job itself. Returns
     * the one that was dropped.
     *
     * @param {ImageJob} job
     * @param {boolean} hasRoom
     * @returns {ImageJob | undefined}
     */
    add(job, hasRoom) {
      if (job.group === UPLOADS) {
        uploads.push(job);
        return undefined;
      }
      let dropped;
      if (!hasRoom) {
        const own = groups.get(job.group)?.length ?? 0;
        const largest = [...groups.values()].reduce((one, other) => (other.length > one.length ? other : one), []);
        if (largest.length <= own + 1) return job;
        dropped = largest[largest.length - 1];
        remove(dropped);
      }
      const list = groups.get(job.group) ?? [];
      groups.set(job.group, list);
      list.push(job);
      count += 1;
      return dropped;
    },
    /** Takes the next job; undefined where none waits. */
    take() {
      const [first] = groups.values();
      const isUpload = uploads.length > 0 && (isTurnOfUploads || !first);
      isTurnOfUploads = !isUpload;
      if (isUpload) return uploads.shift();
      const job = first?.[0];
      if (!job) return undefined;
      remove(job);
      // The group goes behind the others.
      if (first.length > 0) {
        groups.delete(job.group);
        groups.set(job.group, first);
      }
      return job;
    },
  };
}
