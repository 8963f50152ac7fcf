import { expect, test } from 'vitest';
import { useServer } from '../harness.ts';
import { openRaw } from './raw.ts';

const server = useServer();

test('500 connections that never finish their headers are closed, and others are served all the while', async () => {
  const opening = 'POST /organizations HTTP/1.1\r\nHost: localhost\r\nX-Slow: ';
  const sockets = Array.from({ length: 500 }, () => openRaw(server.url, opening));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  const state = { isWaiting: true };
  let slowestMs = 0;
  let served = 0;
  const others = async () => {
    while (state.isWaiting) {
      const startedAt = performance.now();
      expect((await server.api.get('/organizations')).status).toBe(200);
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      served += 1;
    }
  };
  const serving = others();
  // One byte every second: a limit on silence alone would wait for ever.
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('a');
  }, 1_000);
  await Promise.all(closed);
  clearInterval(drip);
  state.isWaiting = false;
  await serving;
  expect(served).toBeGreaterThan(100);
  expect(slowestMs).toBeLessThan(2_000);
});
