/** The one in the middle, by what it is worth; of an even number the later of the two. */
export function medianBy<T>(items: readonly T[], worth: (item: T) => number): T {
  const middle = items.toSorted((a, b) => worth(a) - worth(b))[items.length >> 1];
  if (middle === undefined) throw new Error('nothing has no median');
  return middle;
}

export const median = (values: readonly number[]): number => medianBy(values, (value) => value);
