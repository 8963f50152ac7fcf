/** How calls are gathered. */
export interface Gathering {
  /** How many gatherings may be under way; calls that come meanwhile make up the next one. */
  atOnce: number;
  /** How many calls one may have. */
  most: number;
  /** One that takes longer holds up nobody any more; each is waited for when left out. */
  patienceMs?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Does calls together that are made at about the same time: what each of them costs alone (a statement, a commit) they
 * share. A call that is alone waits for nobody but the rest of its tick.
 * @param work gets at least one item, and answers a result for each, in their order; what it throws, each call throws
 */
export function together<Item, Result>(
  { atOnce, most, patienceMs }: Gathering,
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled || waiting.length === 0 || underWay >= atOnce) return;
    isScheduled = true;
    // After what this tick still reads from sockets: that belongs to the same gathering.
    setImmediate(() => {
      isScheduled = false;
      const calls = waiting.slice(0, most);
      waiting = waiting.slice(most);
      const yieldTurn = takeTurn();
      const timer = patienceMs === undefined ? undefined : setTimeout(yieldTurn, patienceMs);
      void settle(calls).finally(() => {
        clearTimeout(timer);
        yieldTurn();
      });
      schedule();
    });
  };

  const takeTurn = (): (() => void) => {
    let isOurs = true;
    underWay += 1;
    return () => {
      if (!isOurs) return;
      isOurs = false;
      underWay -= 1;
      schedule();
    };
  };

  const settle = async (calls: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await work(calls.map(({ item }) => item));
      if (results.length !== calls.length) throw new Error(`${results.length} results for ${calls.length}`);
      results.forEach((result, index) => calls[index]?.resolve(result));
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
}
