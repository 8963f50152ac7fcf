import { readFileSync } from 'node:fs';

import type { PasswordHashType, SaltPosition } from '../format.ts';

/** A hash that a program other than ours made. */
export type Vector = {
  readonly type: PasswordHashType;
  readonly password: string;
  readonly hash: string;
  /** What printed the hash; the password was in `$P`. */
  readonly command: string;
  readonly saltPosition?: SaltPosition;
};

/** Reads what `make-vectors.py` wrote. For tests. Throws when the file is missing. */
export function readVectors(): readonly Vector[] {
  return JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'));
}
