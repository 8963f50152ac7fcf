const MAX_LINES = 4_000;
const CONTEXT = 2;

type Change = { readonly sign: ' ' | '-' | '+'; readonly line: string };

/**
 * The lines that differ between two texts, each run with two lines of context. Texts beyond 4,000 lines are compared up
 * to there.
 */
export function diffLines(before: string, after: string): string[] {
  const [left, right] = [before.split('\n').slice(0, MAX_LINES), after.split('\n').slice(0, MAX_LINES)];
  const changes = changesOf(left, right);
  const near = new Set<number>();
  changes.forEach(({ sign }, at) => {
    if (sign === ' ') return;
    for (let index = at - CONTEXT; index <= at + CONTEXT; index += 1) near.add(index);
  });
  const lines: string[] = [];
  let last = -1;
  changes.forEach(({ sign, line }, at) => {
    if (!near.has(at)) return;
    if (last !== at - 1 && lines.length > 0) lines.push('…');
    last = at;
    lines.push(`${sign}${line}`);
  });
  return lines;
}

/** Equal ends are cut off first; the middle goes by the longest common subsequence. */
function changesOf(left: readonly string[], right: readonly string[]): Change[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const keep = (line: string): Change => ({ sign: ' ', line });
  return [
    ...left.slice(0, start).map(keep),
    ...compareMiddle(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...left.slice(left.length - end).map(keep),
  ];
}

const MAX_CELLS = 4_000_000;

function compareMiddle(left: readonly string[], right: readonly string[]): Change[] {
  const removed = left.map((line): Change => ({ sign: '-', line }));
  const added = right.map((line): Change => ({ sign: '+', line }));
  const width = right.length + 1;
  if (left.length === 0 || right.length === 0 || (left.length + 1) * width > MAX_CELLS)
    return [...removed, ...added];
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const isSame = left[row] === right[column];
      lengths[row * width + column] = isSame
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const changes: Change[] = [];
  let [row, column] = [0, 0];
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      changes.push({ sign: ' ', line: left[row] ?? '' });
      row += 1;
      column += 1;
    } else if (column >= right.length || (row < left.length && at(row + 1, column) >= at(row, column + 1))) {
      changes.push({ sign: '-', line: left[row] ?? '' });
      row += 1;
    } else {
      changes.push({ sign: '+', line: right[column] ?? '' });
      column += 1;
    }
  }
  return changes;
}
