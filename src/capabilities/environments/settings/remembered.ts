import type { Environment, Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';

/** How old a remembered group may be: other nodes may have changed it. */
const staleMs = 1_000;

interface Remembered {
  value: object;
  untilMs: number;
  /** How many changes this process had made to the environment when the row was read. */
  change: number;
}

/**
 * By the environment as the frame holds it, which belongs to one database and is replaced every second: whatever is
 * remembered goes with it. Only values are kept, never a reading on its way: that belongs to the transaction that
 * reads, and fails with it.
 */
const remembered = new WeakMap<Environment, Map<string, Remembered>>();
const changes = new Map<string, number>();
/** What a transaction has changed and not committed is for its own eyes. */
const changing = new WeakSet<Reader>();

const changeOf = (reader: Reader): number => changes.get(reader.environmentId) ?? 0;

/** Answers what was read within the second, else reads it. */
export async function rememberSettings<Value extends object>(
  reader: Reader,
  name: string,
  read: () => Promise<Value>,
): Promise<Value> {
  if (changing.has(reader)) return read();
  const groups = remembered.get(reader.environment) ?? new Map<string, Remembered>();
  remembered.set(reader.environment, groups);
  const change = changeOf(reader);
  const startedAtMs = performance.now();
  const found = groups.get(name);
  // A name stands for one group, so the value is of its shape.
  if (found && found.untilMs > startedAtMs && found.change === change) return found.value as Value;
  const value = await read();
  // What was read while this process changed it may be of before: it is not kept, as `change` tells.
  groups.set(name, { value, untilMs: startedAtMs + staleMs, change });
  return value;
}

/** Called with each change: the transaction reads its own from now on, and this process from the commit on. */
export function forgetSettings(tx: Tx): void {
  changing.add(tx);
  const { environmentId } = tx;
  tx.afterCommit.push(() => void changes.set(environmentId, (changes.get(environmentId) ?? 0) + 1));
}
