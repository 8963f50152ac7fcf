import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder where each test server leaves what its operations answered. */
    outcomes: string;
  }
}

/** Keeps the operation and status of every request that a test server logged. */
export function recordOutcomes(logLines: readonly string[]): void {
  const outcomes = new Set<string>();
  for (const line of logLines) {
    const { operation, status } = JSON.parse(line) as { operation?: string; status?: number };
    if (operation !== undefined && status !== undefined) outcomes.add(`${operation} ${status}`);
  }
  writeFileSync(join(inject('outcomes'), `${randomUUID()}.json`), JSON.stringify([...outcomes]));
}
