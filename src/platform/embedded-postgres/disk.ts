import { statfs } from 'node:fs/promises';

/** Two files of PostgreSQL's log: with less, the next one it needs may not fit. */
const SCARCE_BYTES = 32 * 1024 * 1024;

/** A sentence, with a space before it, when the disk below `directory` is full or nearly so; nothing otherwise. */
export async function aboutSpace(directory: string): Promise<string> {
  const found = await statfs(directory).catch(() => undefined);
  if (!found) return '';
  const free = found.bavail * found.bsize;
  if (free >= SCARCE_BYTES) return '';
  return ` Its disk has ${Math.floor(free / (1024 * 1024))} MB left: make room.`;
}
