import { isSourcePath } from './source.ts';
import type { Violation } from './source.ts';

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const EMPTY_WORD = /(^|-)(utils?|helpers?|managers?|services?|common)$/;

/** Source files and their folders are kebab-case and named for what they hold. `identity-service` says no more than `identity`. */
export function checkNames(paths: readonly string[]): Violation[] {
  return paths.filter(isSourcePath).flatMap((path) => {
    const parts = path.split('/');
    const words = parts.map((part) => part.split('.')[0] ?? part);
    const violations: Violation[] = [];
    const badName = parts.find((part) => !KEBAB.test(part));
    if (badName !== undefined) violations.push({ path, line: 1, message: `'${badName}' is not kebab-case.` });
    const empty = words.find((word) => EMPTY_WORD.test(word));
    if (empty !== undefined) {
      violations.push({ path, line: 1, message: `'${empty}' says nothing about what it holds: name that.` });
    }
    return violations;
  });
}
