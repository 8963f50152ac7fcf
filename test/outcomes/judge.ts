import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '../../src/platform/operation.ts';

/** `operation status` for everything that any test server of the run answered. */
export function readOutcomes(folder: string): Set<string> {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return new Set(files.flatMap((text) => JSON.parse(text) as string[]));
}

interface Demand {
  what: string;
  statuses: readonly number[];
  isMeant(operation: Operation): boolean;
}

const demands: readonly Demand[] = [
  { what: 'success', statuses: [200, 201, 202, 204, 302, 303], isMeant: () => true },
  {
    what: 'bad input',
    statuses: [400, 413, 415, 422],
    isMeant: ({ body, query }) => body !== null || query !== null,
  },
  { what: 'no key', statuses: [401], isMeant: ({ principals }) => !principals.includes('none') },
  { what: 'an id that is out of reach', statuses: [404], isMeant: ({ path }) => path.includes('{') },
];

/** A sentence for each operation and outcome that no test of the run saw. */
export function judgeOutcomes(operations: readonly Operation[], outcomes: ReadonlySet<string>): string[] {
  return operations.flatMap((operation) =>
    demands
      .filter(({ isMeant }) => isMeant(operation))
      .filter(({ statuses }) => !statuses.some((status) => outcomes.has(`${operation.id} ${status}`)))
      .map(({ what }) => `${operation.id}: no test saw ${what}`),
  );
}
