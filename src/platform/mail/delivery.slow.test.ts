import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestServer, startServer } from '../../../test/harness.ts';
import { type TestMailServer, sendTestMail, startMailServer } from '../../../test/mail.ts';
import { sql } from '../database/sql.ts';
import type { Worker } from '../jobs/worker.ts';
import { type MailTransport, createSmtpTransport } from './smtp.ts';

const sender = { name: 'Doorwright', address: 'no-reply@doorwright.example' };
// Short enough to wait for, long enough for a busy machine.
const timeouts = { connectMs: 1_500, idleMs: 1_500, totalMs: 10_000 };

let mailServer: TestMailServer;
let transport: MailTransport;
let server: TestServer;
let worker: Worker;

beforeAll(async () => {
  mailServer = await startMailServer();
  transport = createSmtpTransport({ url: mailServer.url, sender, timeouts });
  server = await startServer({ mailTransport: transport });
  worker = server.startJobs();
});

afterEach(() => {
  mailServer.received.length = 0;
  mailServer.offered.length = 0;
  mailServer.refusals.length = 0;
  mailServer.isMute = false;
});

afterAll(async () => {
  await server.close();
  transport.close();
  await mailServer.close();
});

interface Outcome {
  state: string;
  error: string | null;
  job: string | null;
  attempts: number | null;
  isTried: boolean;
}

const outcomeOf = (id: string): Promise<Outcome> =>
  server.database.one<Outcome>(sql`
    select mail.state, error, job.state as job, attempts, lease_token is not null as "isTried"
    from mail left join job on kind = 'mail.deliver' and payload->>'mail_id' = mail.id where mail.id = ${id}`);

/** Waits until the message has come this far, without moving the clock. */
const expectOutcome = (id: string, expected: Partial<Outcome>): Promise<void> =>
  vi.waitFor(
    async () => {
      worker.wake();
      expect(await outcomeOf(id)).toMatchObject({ isTried: false, ...expected });
    },
    { timeout: 10_000, interval: 20 },
  );

/** Lets the time of the next try come. */
function passBackoff(): void {
  server.clock.setOffset(server.clock.offsetMs + 3_700_000);
  worker.wake();
}

test('a message arrives once, from us, to its one recipient, in both shapes', async () => {
  const id = await sendTestMail(server, { subject: 'Grüße, 世界' });
  await expectOutcome(id, { state: 'sent', job: null, error: null });
  expect(mailServer.received).toHaveLength(1);
  const [{ from, to, raw } = { from: '', to: [], raw: '' }] = mailServer.received;
  expect(from).toBe('no-reply@doorwright.example');
  expect(to).toEqual(['ada@example.com']);
  expect(raw).toContain('From: Doorwright <no-reply@doorwright.example>');
  expect(raw).toContain(`Message-ID: <${id}@doorwright.example>`);
  expect(raw).toContain('Auto-Submitted: auto-generated');
  expect(raw).toContain('Subject: =?UTF-8?');
  expect(raw).toContain('text/plain');
  expect(raw).toContain('text/html');
});

test('451 is tried again later under the same Message-ID, and nothing arrives twice', async () => {
  mailServer.refusals.push({ at: 'data', code: 451 }, { at: 'recipient', code: 451 });
  const id = await sendTestMail(server);
  await expectOutcome(id, { state: 'queued', attempts: 1, job: 'waiting' });
  passBackoff();
  await expectOutcome(id, { state: 'queued', attempts: 2, job: 'waiting' });
  passBackoff();
  await expectOutcome(id, { state: 'sent', job: null, error: null });
  expect(mailServer.received).toHaveLength(1);
  expect(mailServer.received[0]?.raw).toContain(`Message-ID: <${id}@doorwright.example>`);
});

test.each(['recipient', 'data'] as const)('550 at the %s buries the message at once', async (at) => {
  mailServer.refusals.push({ at, code: 550 });
  const id = await sendTestMail(server);
  await expectOutcome(id, { state: 'failed', attempts: 1, job: 'dead' });
  expect((await outcomeOf(id)).error).toContain('550');
  expect(mailServer.received).toHaveLength(0);
});

test('credentials that are refused are no fault of the message', async () => {
  mailServer.refusals.push({ at: 'recipient', code: 530 });
  const id = await sendTestMail(server);
  await expectOutcome(id, { state: 'queued', attempts: 1, job: 'waiting' });
  passBackoff();
  await expectOutcome(id, { state: 'sent' });
});

test('a mail server that hangs holds up neither the caller nor later mail', async () => {
  mailServer.isMute = true;
  const startedAt = performance.now();
  const id = await sendTestMail(server);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await expectOutcome(id, { state: 'queued', attempts: 1, job: 'waiting' });
  mailServer.isMute = false;
  passBackoff();
  await expectOutcome(id, { state: 'sent' });
  expect(mailServer.received).toHaveLength(1);
});

test('a refused connection is tried again until the server is back', async () => {
  const port = Number(new URL(mailServer.url).port);
  await mailServer.close();
  const id = await sendTestMail(server);
  for (let attempts = 1; attempts <= 3; attempts += 1) {
    await expectOutcome(id, { state: 'queued', attempts, job: 'waiting' });
    if (attempts < 3) passBackoff();
  }
  mailServer = await startMailServer(port);
  passBackoff();
  await expectOutcome(id, { state: 'sent', job: null });
  expect(mailServer.received).toHaveLength(1);
});

test('a message that was sent is not sent again by a job that comes twice', async () => {
  const id = await sendTestMail(server);
  await expectOutcome(id, { state: 'sent', job: null });
  await server.database.run(sql`
    insert into job (id, environment_id, kind, payload, run_at, max_attempts)
    values ('job_again', ${server.id}, 'mail.deliver', ${JSON.stringify({ mail_id: id })}, now(), 5)`);
  await expectOutcome(id, { state: 'sent', job: null });
  expect(mailServer.received).toHaveLength(1);
});

test('an operator can have a failed message tried again', async () => {
  mailServer.refusals.push({ at: 'recipient', code: 550 });
  const id = await sendTestMail(server);
  await expectOutcome(id, { state: 'failed', job: 'dead' });
  const { body } = await server.install.get('/management/jobs/dead');
  expect(body.data[0].kind).toBe('mail.deliver');
  await server.install.post(`/management/jobs/${body.data[0].id}/retry`);
  await expectOutcome(id, { state: 'sent', job: null, error: null });
});

test.each([
  ['to', 'ada@example.com\r\nBcc: eve@evil.example', 'email'],
  ['to', 'ada@example.com, eve@evil.example', 'email'],
  ['to', 'Ada <ada@example.com>', 'email'],
  ['subject', 'Hello\r\nBcc: eve@evil.example', 'subject'],
  ['subject', 'Hello\nX: y', 'subject'],
  ['subject', 'Hello\u0000', 'subject'],
  ['subject', 'x'.repeat(501), 'subject'],
])('a %s of %j is refused and nothing is written', async (field, value, named) => {
  const count = () => server.database.one<{ count: number }>(sql`select count(*) as count from mail`);
  const before = await count();
  await expect(sendTestMail(server, { [field]: value })).rejects.toMatchObject({
    status: 422,
    errors: [{ field: named }],
  });
  expect(await count()).toEqual(before);
});

test('nothing of a message can be read from the database, whatever the mail server says', async () => {
  mailServer.refusals.push({ at: 'recipient', code: 550 });
  const secrets = {
    to: 'ada@example.com',
    subject: 'Zebra subject',
    text: 'code 918273',
    html: '<p>918273</p>',
  };
  const id = await sendTestMail(server, secrets);
  await expectOutcome(id, { state: 'failed' });
  const dump = await server.database.many<{ row: string }>(sql`
    select mail::text || convert_from(decode(replace(encode(sealed, 'hex'), '00', '01'), 'hex'), 'LATIN1') as row
    from mail where id = ${id}
    union all select job::text from job where kind = 'mail.deliver'`);
  expect(dump.length).toBeGreaterThan(1);
  const text = dump.map(({ row }) => row).join('\n');
  for (const word of ['ada@', 'example.com', 'Zebra', '918273', 'magic_auth'])
    expect(text).not.toContain(word);
  const logged = server.logLines.join('\n');
  for (const word of ['ada@example.com', 'Zebra', '918273']) expect(logged).not.toContain(word);
});
