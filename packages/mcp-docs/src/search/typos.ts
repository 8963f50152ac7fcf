const MAX_CANDIDATES = 4;

/**
 * The words nearest to a misspelled one, nearest and commonest first: one slip in words up to six letters, two in longer
 * ones, where swapping two neighbours is one slip. `words` go from common to rare.
 */
export function correctWord(word: string, words: readonly string[]): { word: string; distance: number }[] {
  if (word.length < 4 || word.length > 30) return [];
  const limit = word.length <= 6 ? 1 : 2;
  const found: { word: string; distance: number }[] = [];
  const byLength = wordsByLength(words);
  for (let length = word.length - limit; length <= word.length + limit; length += 1) {
    for (const candidate of byLength.get(length) ?? []) {
      const distance = editDistance(word, candidate, limit);
      // A short word with another first letter is another word: `vanish` is no misspelled `danish`.
      const isOther = word.length <= 6 && word[0] !== candidate[0] && !isSwapped(word, candidate);
      if (distance <= limit && !isOther) found.push({ word: candidate, distance });
    }
  }
  return found
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        Number(b.word[0] === word[0]) - Number(a.word[0] === word[0]) ||
        sharedEnds(b.word, word) - sharedEnds(a.word, word),
    )
    .slice(0, MAX_CANDIDATES);
}

const isSwapped = (a: string, b: string): boolean => a[0] === b[1] && a[1] === b[0];

/** How many letters two words begin and end with alike: a letter left out is likelier than one in place of another. */
function sharedEnds(a: string, b: string): number {
  let [start, end] = [0, 0];
  while (start < a.length && a[start] === b[start]) start += 1;
  while (end < a.length && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return start + end;
}

const lengths = new WeakMap<readonly string[], Map<number, string[]>>();

function wordsByLength(words: readonly string[]): Map<number, string[]> {
  const known = lengths.get(words);
  if (known !== undefined) return known;
  const groups = new Map<number, string[]>();
  for (const word of words) {
    const group = groups.get(word.length);
    if (group === undefined) groups.set(word.length, [word]);
    else group.push(word);
  }
  lengths.set(words, groups);
  return groups;
}

const MAX_LENGTH = 32;
const rows = [new Uint8Array(MAX_LENGTH + 2), new Uint8Array(MAX_LENGTH + 2), new Uint8Array(MAX_LENGTH + 2)];

/** Edits that turn one word into the other, counting up to `limit`; anything above comes back as `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (a.length > MAX_LENGTH || b.length > MAX_LENGTH) return limit + 1;
  let [before, last, row] = rows as [Uint8Array, Uint8Array, Uint8Array];
  for (let column = 0; column <= b.length; column += 1) last[column] = column;
  for (let line = 1; line <= a.length; line += 1) {
    row[0] = line;
    let best = line;
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a.charCodeAt(line - 1) === b.charCodeAt(column - 1);
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (row[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap =
        line > 1 &&
        column > 1 &&
        a.charCodeAt(line - 1) === b.charCodeAt(column - 2) &&
        a.charCodeAt(line - 2) === b.charCodeAt(column - 1);
      if (isSwap) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      row[column] = cost;
      if (cost < best) best = cost;
    }
    if (best > limit) return limit + 1;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[b.length] ?? 0, limit + 1);
}

/** Two known words that a longer one was run together from: `directorysync` is `directory` and `sync`. */
export function splitWord(word: string, isKnown: (part: string) => boolean): [string, string] | null {
  for (let at = 3; at <= word.length - 3; at += 1) {
    const [left, right] = [word.slice(0, at), word.slice(at)];
    if (isKnown(left) && isKnown(right)) return [left, right];
  }
  return null;
}
