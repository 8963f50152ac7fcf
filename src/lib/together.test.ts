import { expect, test, vi } from 'vitest';
import { together } from './together.ts';

/** Long enough for all that needs no timer. */
async function ticks(): Promise<void> {
  for (let count = 0; count < 5; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Work that ends when it is told to, with the names of its items. */
function gatherNames(limits: { atOnce: number; most: number; patienceMs?: number }) {
  const started: string[][] = [];
  const endings: ((error?: Error) => void)[] = [];
  const call = together(limits, (names: readonly string[]) => {
    started.push([...names]);
    return new Promise<string[]>((resolve, reject) => {
      endings.push((error) => (error ? reject(error) : resolve(names.map((name) => name.toUpperCase()))));
    });
  });
  return { call, started, end: (index: number, error?: Error) => endings[index]?.(error) };
}

test('calls of one tick are one piece of work, and each gets its own result', async () => {
  const { call, started, end } = gatherNames({ atOnce: 1, most: 10 });
  const answers = Promise.all(['a', 'b', 'c'].map(call));
  await ticks();
  expect(started).toEqual([['a', 'b', 'c']]);
  end(0);
  expect(await answers).toEqual(['A', 'B', 'C']);
});

test('what comes while one is under way waits for the next', async () => {
  const { call, started, end } = gatherNames({ atOnce: 1, most: 10 });
  const first = call('a');
  await ticks();
  const rest = Promise.all([call('b'), call('c')]);
  await ticks();
  expect(started).toEqual([['a']]);
  end(0);
  expect(await first).toBe('A');
  await ticks();
  expect(started).toEqual([['a'], ['b', 'c']]);
  end(1);
  expect(await rest).toEqual(['B', 'C']);
});

test('no more than so many go together, and no more than so many at once', async () => {
  const { call, started, end } = gatherNames({ atOnce: 2, most: 2 });
  const answers = Promise.all(['a', 'b', 'c', 'd', 'e'].map(call));
  await ticks();
  expect(started).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  end(1);
  await ticks();
  expect(started[2]).toEqual(['e']);
  end(0);
  end(2);
  expect(await answers).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('one that hangs holds nobody up for longer than patience lasts', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { call, started, end } = gatherNames({ atOnce: 1, most: 10, patienceMs: 50 });
    const stuck = call('a');
    await ticks();
    const next = call('b');
    vi.advanceTimersByTime(49);
    await ticks();
    expect(started).toEqual([['a']]);
    vi.advanceTimersByTime(1);
    await ticks();
    expect(started).toEqual([['a'], ['b']]);
    // The late one gives back no turn that it does not have any more.
    end(0);
    expect(await stuck).toBe('A');
    const last = call('c');
    await ticks();
    expect(started).toHaveLength(2);
    end(1);
    expect(await next).toBe('B');
    await ticks();
    end(2);
    expect(await last).toBe('C');
  } finally {
    vi.useRealTimers();
  }
});

test('an error is that of each call of its piece, and of no other', async () => {
  const { call, end } = gatherNames({ atOnce: 1, most: 2 });
  const answers = Promise.allSettled(['a', 'b', 'c'].map(call));
  await ticks();
  end(0, new Error('away'));
  await ticks();
  end(1);
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

test('work that answers another number of results is an error, not a mix-up', async () => {
  const call = together({ atOnce: 1, most: 10, patienceMs: 1_000 }, () => Promise.resolve(['only']));
  const answers = await Promise.allSettled([call('a'), call('b')]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
