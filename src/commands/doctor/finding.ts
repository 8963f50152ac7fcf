/** `note`: nothing is wrong, but somebody who looks for a fault wants to know. */
export type Level = 'ok' | 'note' | 'warning' | 'error';

/** What one look found: what it is, and what to do where something is to be done. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly message: string;
}

/** Adds what a check found. */
export type Report = (level: Level, message: string) => void;

/** Collects findings; a check that fails itself is an error like any other. */
export function createFindings(): {
  readonly all: readonly Finding[];
  run(check: string, work: (report: Report) => Promise<void> | void): Promise<void>;
} {
  const all: Finding[] = [];
  return {
    all,
    async run(check, work) {
      const report: Report = (level, message) => void all.push({ check, level, message });
      try {
        await work(report);
      } catch (error) {
        report('error', messageOf(error));
      }
    },
  };
}

export function messageOf(error: unknown): string {
  // Node.js joins the failures of several addresses in an error without a message of its own.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
