// The emulator with 5,000 users, those of bench/people.ts; prints one JSON line when ready.
import { once } from 'node:events';
import { Server } from 'node:net';

// Its limit, 1,000 requests of a key in a minute of its clock, cannot be switched off, and whoever signs in counts under
// one key for all. So its clock runs 1,000 times as fast, in whole milliseconds as its ids need them.
const { now } = Date;
const startedAt = now();
Date.now = () => startedAt + 1_000 * (now() - startedAt);

// It would listen on every interface.
let server;
const { listen } = Server.prototype;
Server.prototype.listen = function (port) {
  server = this;
  return listen.call(this, port, '127.0.0.1');
};

const { createEmulator } = await import('workos/emulate');

const keys = Array.from({ length: 1_000 }, (_, index) => `sk_test_${index}`);
const users = Array.from({ length: 5_000 }, (_, index) => ({
  email: `person-${index + 1}@example.com`,
  first_name: 'Person',
  last_name: `Number ${index + 1}`,
  password: 'correct horse battery staple',
  email_verified: true,
}));
await createEmulator({
  port: 0,
  seed: { users, apiKeys: Object.fromEntries(keys.map((key) => [key, { environment: 'test' }])) },
});
if (!server.listening) await once(server, 'listening');
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, keys })}\n`);
process.on('SIGTERM', () => process.exit(0));
