/** A copy without the named keys where they are null: for wire fields that are absent rather than null. */
export function omitNull<Row extends object, Key extends keyof Row>(
  row: Row,
  keys: readonly Key[],
): Omit<Row, Key> & { [Name in Key]?: Exclude<Row[Name], null> } {
  // Built, not copied and cut: `delete` turns an object into a slow dictionary, and lists make a hundred of them.
  const copy: Partial<Row> = {};
  for (const key in row)
    if (row[key] !== null || !(keys as readonly PropertyKey[]).includes(key)) copy[key] = row[key];
  return copy as Omit<Row, Key> & { [Name in Key]?: Exclude<Row[Name], null> };
}

/** The values of `before` that differ in `after`, key by key, compared as JSON. */
export function changedFrom(before: object, after: object): Record<string, unknown> {
  const next = new Map(Object.entries(after));
  return Object.fromEntries(
    Object.entries(before).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(next.get(key))),
  );
}
