/** A copy without the named keys where they are null: for wire fields that are absent rather than null. */
export function omitNull<Row extends object, Key extends keyof Row>(
  row: Row,
  keys: readonly Key[],
): Omit<Row, Key> & { [Name in Key]?: Exclude<Row[Name], null> } {
  const copy = { ...row };
  for (const key of keys) if (copy[key] === null) delete copy[key];
  return copy as Omit<Row, Key> & { [Name in Key]?: Exclude<Row[Name], null> };
}

/** The values of `before` that differ in `after`, key by key, compared as JSON. */
export function changedFrom(before: object, after: object): Record<string, unknown> {
  const next = new Map(Object.entries(after));
  return Object.fromEntries(
    Object.entries(before).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(next.get(key))),
  );
}
