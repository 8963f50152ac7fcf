// A file system of limited size, which a test fills to the last byte and empties again.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;

export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'doorwright-disk-'));
  readonly #filler = join(this.folder, 'filler');

  constructor(megabytes: number) {
    const options = `size=${megabytes}m,mode=0755`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.folder], { stdio: 'ignore' });
  }

  /** Takes all that is left, or all but some bytes. */
  fill(leftBytes = 0): void {
    const file = openSync(this.#filler, 'a');
    try {
      for (const bytes of [1_048_576, 4_096, 1]) writeUntilFull(file, Buffer.alloc(bytes));
      if (leftBytes > 0) ftruncateSync(file, fstatSync(file).size - leftBytes);
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Also with programs at work in it, which keep what they have open. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder]);
    rmdirSync(this.folder);
  }
}

function writeUntilFull(file: number, block: Buffer): void {
  try {
    while (writeSync(file, block) === block.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** Null where one can be mounted, else why not. */
export const whyNoSmallDisk: string | null = isLinuxRoot ? tryToMount() : 'only root on Linux can mount one';

function tryToMount(): string | null {
  try {
    new SmallDisk(1).unmount();
    return null;
  } catch {
    return 'mounting is forbidden here';
  }
}
