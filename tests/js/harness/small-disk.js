// A disk that can be filled.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @import { Closing } from './types.d.ts' */

/**
 * Mounts a disk of so many megabytes, which goes with the test. Undefined where this process may not mount.
 *
 * @param {Closing} t
 * @param {number} megabytes
 */
export function smallDisk(t, megabytes) {
  const path = mkdtempSync(join(tmpdir(), 'wix-media-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  t.after(() => {
    if (status === 0) spawnSync('umount', ['-l', path]);
    rmSync(path, { recursive: true, force: true });
  });
  if (status !== 0) return undefined;
  const filler = join(path, 'filler');
  return {
    path,
    /** Takes all the room that is left. */
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, new Uint8Array(4096));
      } catch {
        // It is full.
      } finally {
        closeSync(file);
      }
    },
    /** Gives that room back. */
    free: () => rmSync(filler, { force: true }),
  };
}

/** Whether small disks can be mounted here, or why a test of them is skipped. */
export const skip = process.getuid?.() === 0 && process.platform === 'linux' ? false : 'only root can mount a small disk';
