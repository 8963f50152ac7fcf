import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestServer, startServer } from '../../../test/harness.ts';
import { sendTestMail } from '../../../test/mail.ts';
import { sql } from '../database/sql.ts';

let server: TestServer;

const startIn = async (mode: 'development' | 'production') => {
  server = await startServer({ isDevelopment: mode === 'development' });
};

const stateOf = async (id: string) =>
  (await server.database.maybeOne<{ state: string }>(sql`select state from mail where id = ${id}`))?.state;

const day = 86_400_000;

beforeEach(() => startIn('production'));
afterEach(() => server.close());

test('production without a mail server buries the message and says so in the log', async () => {
  const id = await sendTestMail(server);
  server.startJobs();
  await vi.waitFor(async () => expect(await stateOf(id)).toBe('failed'), { timeout: 20_000 });
  await vi.waitFor(
    async () => {
      const { body } = await server.install.get('/management/jobs/dead');
      expect(body.data).toMatchObject([{ kind: 'mail.deliver', attempts: 1 }]);
    },
    { timeout: 20_000 },
  );
  expect(server.logLines.some((line) => /"error".*DOORWRIGHT_SMTP_URL/.test(line))).toBe(true);
});

test('production forgets mail after a week', async () => {
  const old = await sendTestMail(server);
  server.clock.setOffset(6 * day);
  const recent = await sendTestMail(server);
  server.clock.setOffset(7 * day + 1_000);
  server.startJobs();
  await vi.waitFor(async () => expect(await stateOf(old)).toBeUndefined(), { timeout: 20_000 });
  expect(await stateOf(recent)).toBeDefined();
});

test('development without a mail server delivers to the mailbox, whatever the clock says, up to a thousand', async () => {
  await server.close();
  await startIn('development');
  const first = await sendTestMail(server);
  await server.database.run(sql`
    insert into mail (environment_id, id, sealed, state, created_at)
    select environment_id, id || n, sealed, 'sent', created_at from mail, generate_series(1, 999) n`);
  server.clock.setOffset(400 * day);
  const worker = server.startJobs();
  await vi.waitFor(async () => expect(await stateOf(first)).toBe('sent'), { timeout: 20_000 });
  const second = await sendTestMail(server);
  server.clock.setOffset(401 * day);
  await vi.waitFor(
    async () => {
      worker.wake();
      expect(await stateOf(first)).toBeUndefined();
    },
    { timeout: 20_000 },
  );
  expect(await stateOf(second)).toBeDefined();
});
