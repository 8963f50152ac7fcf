// Takes webhooks as cheaply as can be, in a process of its own: says how many came, and how long each was on its way.
import { createServer } from 'node:net';

const reply = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
let count = 0;
let firstAtMs = 0;
let lastAtMs = 0;
/** Milliseconds from the event's `created_at` to its first byte here. */
let delays = [];

function take(text, atMs) {
  count += 1;
  if (count === 1) firstAtMs = atMs;
  lastAtMs = atMs;
  const createdAt = /"created_at":"([^"]+)","context"/.exec(text)?.[1];
  if (createdAt !== undefined) delays.push(atMs - Date.parse(createdAt));
}

const server = createServer((socket) => {
  let pending = '';
  let beganAtMs = 0;
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (pending === '') beganAtMs = Date.now();
    pending += chunk;
    for (;;) {
      const headEnd = pending.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (pending.length < end) return;
      take(pending.slice(headEnd, end), beganAtMs);
      socket.write(reply);
      pending = pending.slice(end);
    }
  });
});

process.on('message', (message) => {
  if (message === 'reset') {
    count = 0;
    delays = [];
  }
  process.send({ count, firstAtMs, lastAtMs, delays: message === 'delays' ? delays : [] });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
