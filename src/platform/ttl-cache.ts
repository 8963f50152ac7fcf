const largestSize = 10_000;

/**
 * Remembers what `load` answers for `ttlMs`, and shares one call between those who ask meanwhile. A failure is not
 * remembered.
 */
export function createTtlCache<Value>(
  ttlMs: number,
  load: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const entries = new Map<string, { value: Promise<Value>; untilMs: number }>();
  return (key) => {
    const nowMs = performance.now();
    const found = entries.get(key);
    if (found && found.untilMs > nowMs) return found.value;
    if (entries.size >= largestSize) entries.clear();
    const value = load(key);
    const entry = { value, untilMs: nowMs + ttlMs };
    entries.set(key, entry);
    value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return value;
  };
}
