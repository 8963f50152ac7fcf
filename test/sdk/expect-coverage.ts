import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { coverageHint, isUpdating, readCoverage, updateCoverage } from './coverage.ts';
import { type SdkServer, provenOperations } from './use-sdk.ts';

/** Stands last in a file: the calls that its tests made are the ones that `coverage.json` names for it. */
export function expectCoverage(moduleUrl: string, server: SdkServer): void {
  test('coverage.json names the operations that the calls above prove', () => {
    const name = basename(fileURLToPath(moduleUrl));
    const proven = provenOperations(server.calls);
    if (isUpdating) updateCoverage(name, proven);
    expect(proven, coverageHint).toEqual(readCoverage().proven[name]);
  });
}
