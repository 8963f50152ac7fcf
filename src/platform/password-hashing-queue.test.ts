import { expect, test } from 'vitest';

import { createHashingQueue } from './password-hashing-queue.ts';

const nextTick = () => new Promise((resolve) => void setImmediate(resolve));

test('as many run at once as may, and never more', async () => {
  const takeTurn = createHashingQueue(3, 100);
  let running = 0;
  const seen: number[] = [];
  const work = async () => {
    seen.push((running += 1));
    await nextTick();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 20 }, () => takeTurn(work)));
  expect(seen).toHaveLength(20);
  expect(Math.max(...seen)).toBe(3);
});

test('nobody overtakes, not even who comes as a turn ends', async () => {
  const takeTurn = createHashingQueue(1, 100);
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(name);
    await nextTick();
  };
  const late: Promise<void>[] = [];
  const first = takeTurn(work('first')).then(() => void late.push(takeTurn(work('late'))));
  await Promise.all([first, takeTurn(work('second')), takeTurn(work('third'))]);
  await Promise.all(late);
  expect(order).toEqual(['first', 'second', 'third', 'late']);
});

test('whoever finds it full gets 503 with Retry-After, and there is room again afterwards', async () => {
  const takeTurn = createHashingQueue(1, 1);
  const both = Promise.all([takeTurn(nextTick), takeTurn(nextTick)]);
  await expect(takeTurn(nextTick)).rejects.toMatchObject({
    status: 503,
    code: 'service_unavailable',
    headers: { 'retry-after': '1' },
  });
  await both;
  await takeTurn(nextTick);
});

test('a failure ends its turn', async () => {
  const takeTurn = createHashingQueue(1, 1);
  const failing = takeTurn(() => Promise.reject(new Error('no memory')));
  const next = takeTurn(() => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('no memory');
  expect(await next).toBe('done');
});
