import { beforeAll, beforeEach, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { answer } from '../../../test/receiver.ts';
import { anEndpoint, deliveryWhen, useReceivers } from '../../../test/webhooks.ts';
import type { Worker } from '../../platform/jobs/worker.ts';

const server = useServer();
const aReceiver = useReceivers();
let worker: Worker;
const day = 86_400;

beforeAll(() => {
  worker = server.startJobs();
});

beforeEach(() => server.clock.setOffset(0));

const pass = (seconds: number) => {
  server.clock.setOffset(server.clock.offsetMs + seconds * 1_000);
  worker.wake();
};

async function aFailingEndpoint(settings: object = {}) {
  const { api } = await server.addEnvironment('production');
  await api.patch('/management/settings', { webhooks: settings });
  const receiver = await aReceiver();
  receiver.behave(answer(500));
  const { id } = await anEndpoint(api, receiver.url);
  let made = 0;
  const fail = async () => {
    made += 1;
    await api.post('/organizations', { name: `Fails ${made}` });
    await deliveryWhen(api, id, ({ attempt_count: count }) => count >= 1);
  };
  const status = async () => (await api.get(`/management/webhook_endpoints/${id}`)).body;
  return { api, receiver, id, fail, status };
}

const mails = async () => {
  const { rows } = await server.database.pool.query('select id from mail');
  return rows.length;
};

test('after five days of nothing but failures an endpoint is disabled, and the operators are told', async () => {
  const recipients = ['ops@example.com', 'oncall@example.com'];
  const { api, id, fail, status } = await aFailingEndpoint({ alert_emails: recipients });
  const before = await mails();
  await fail();
  expect(await status()).toMatchObject({ state: 'enabled', failing_since: expect.any(String) });
  for (const days of [2, 2]) {
    pass(days * day);
    await fail();
  }
  expect((await status()).state).toBe('enabled');
  pass(1.1 * day);
  await api.post('/organizations', { name: 'The last' });
  await deliveryWhen(api, id, ({ state }) => state === 'discarded' || state === 'failed');
  expect(await status()).toMatchObject({ state: 'disabled', disabled_reason: 'failing' });
  expect(await mails()).toBe(before + recipients.length);
  const mailbox = await fetch(`${server.url}/_dev/mailbox`, { headers: { accept: 'application/json' } });
  expect(await mailbox.text()).toContain('Events are no longer sent to');
});

test('a success in between begins the days anew', async () => {
  const { receiver, fail, status } = await aFailingEndpoint();
  await fail();
  pass(2 * day);
  await fail();
  receiver.behave(answer(200));
  pass(day);
  await fail();
  expect(await status()).toMatchObject({ failing_since: null, last_success_at: expect.any(String) });
  receiver.behave(answer(500));
  pass(2.5 * day);
  await fail();
  expect((await status()).state).toBe('enabled');
});

test('single failures that lie far apart do not add up', async () => {
  const { api, id, fail, status } = await aFailingEndpoint();
  await fail();
  const [first] = (await api.get(`/management/webhook_endpoints/${id}/deliveries`)).body.data;
  await server.database.pool.query(
    `update webhook_delivery set state = 'failed', ended_at = now() where id = $1`,
    [first.id],
  );
  pass(10 * day);
  await fail();
  expect((await status()).state).toBe('enabled');
});

test('an environment can say that its endpoints are never disabled', async () => {
  const { fail, status } = await aFailingEndpoint({ disable_after_days: 0 });
  for (const days of [0, 2, 2, 2]) {
    pass(days * day);
    await fail();
  }
  expect((await status()).state).toBe('enabled');
});
