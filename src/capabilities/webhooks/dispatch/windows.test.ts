import { expect, test } from 'vitest';
import { Windows } from './windows.ts';

const fill = (windows: Windows, id: string): number => {
  let started = 0;
  for (; windows.room(id) > 0; started += 1) windows.start(id);
  return started;
};

const succeed = (windows: Windows, id: string, times: number) => {
  for (let time = 0; time < times; time += 1) {
    windows.start(id);
    windows.end(id, true);
  }
};

test('a window begins with four, grows with each success to 24, and shuts to one with a failure', () => {
  const windows = new Windows();
  expect(fill(windows, 'new')).toBe(4);
  succeed(windows, 'well', 100);
  expect(fill(windows, 'well')).toBe(24);
  windows.end('well', false);
  expect(windows.room('well')).toBe(0);
  for (let rest = 0; rest < 22; rest += 1) windows.end('well', false);
  expect(windows.room('well')).toBe(0);
  windows.end('well', false);
  expect(windows.room('well')).toBe(1);
});

test('any number of failing endpoints together leave most places to the others', () => {
  const windows = new Windows();
  const failing = Array.from({ length: 2_000 }, (_, index) => `failing-${index}`);
  for (const id of failing) {
    windows.start(id);
    windows.end(id, false);
  }
  const held = failing.reduce((sum, id) => sum + fill(windows, id), 0);
  expect(held).toBe(128);
  succeed(windows, 'well', 30);
  expect(fill(windows, 'well')).toBe(24);
});

test('all endpoints together have 512 places, and every place is given back', () => {
  const windows = new Windows();
  const ids = Array.from({ length: 300 }, (_, index) => `endpoint-${index}`);
  const counts = ids.map((id) => fill(windows, id));
  expect(counts.reduce((sum, count) => sum + count)).toBe(512);
  for (const [index, id] of ids.entries()) {
    for (let left = counts[index] ?? 0; left > 0; left -= 1) windows.end(id, left % 2 === 0);
  }
  expect(ids.every((id) => windows.busy(id) === 0)).toBe(true);
  for (const id of ids) succeed(windows, id, 30);
  expect(fill(windows, 'endpoint-0')).toBe(24);
});
