import { readFileSync, writeFileSync } from 'node:fs';

/** What `coverage.json` holds: contract operations by the test file that proves them, and why others have no call. */
export interface SdkCoverage {
  readonly proven: Readonly<Record<string, readonly string[]>>;
  readonly without_call: Readonly<Record<string, string>>;
}

const file = new URL('coverage.json', import.meta.url);

export function readCoverage(): SdkCoverage {
  return JSON.parse(readFileSync(file, 'utf8')) as SdkCoverage;
}

/** The contract's operations that some test calls through the SDK. */
export function provenBySdk(): Set<string> {
  return new Set(Object.values(readCoverage().proven).flat());
}

export const isUpdating = process.env['UPDATE_SDK_COVERAGE'] === '1';

/** Writes what a test file proved. Run without file parallelism: the files take turns at `coverage.json`. */
export function updateCoverage(name: string, ids: readonly string[]): void {
  const { proven, without_call } = readCoverage();
  const entries = Object.entries({ ...proven, [name]: ids }).sort(([a], [b]) => a.localeCompare(b));
  const coverage: SdkCoverage = { proven: Object.fromEntries(entries), without_call };
  writeFileSync(file, `${JSON.stringify(coverage, null, 2)}\n`);
}

/** What to say when `coverage.json` differs from the calls. */
export const coverageHint =
  'coverage.json differs from the calls of this file: UPDATE_SDK_COVERAGE=1 npx vitest run test/sdk --no-file-parallelism';
