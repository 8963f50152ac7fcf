import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { type Receiver, startReceiver } from '../../../test/receiver.ts';

const server = useServer();
const receivers: Receiver[] = [];

beforeAll(() => {
  server.startJobs();
});

afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function aReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
}

const within = { timeout: 20_000, interval: 10 };

test('what happens after an endpoint was made is sent to it, as GET /events tells it', async () => {
  const environment = await server.addEnvironment('sandbox');
  const receiver = await aReceiver();
  await environment.api.post('/organizations', { name: 'Before' });
  const { body: endpoint } = await environment.api.post('/webhook_endpoints', {
    endpoint_url: receiver.url,
    events: ['organization.created', 'organization.deleted'],
  });
  const { body: made } = await environment.api.post('/organizations', { name: 'After' });
  await environment.api.put(`/organizations/${made.id}`, { name: 'Not chosen' });
  await environment.api.delete(`/organizations/${made.id}`);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), within);
  const { body: told } = await environment.api.get('/events');
  const chosen = told.data.filter(
    ({ event, data }: { event: string; data: { id: string } }) =>
      data.id === made.id && event !== 'organization.updated',
  );
  expect(receiver.received.map(({ body }) => body).sort()).toEqual(
    chosen.map((event: object) => JSON.stringify(event)).sort(),
  );
  const [first] = receiver.received;
  await expect(
    server.sdk.webhooks.constructEvent({
      payload: JSON.parse(first?.body ?? ''),
      sigHeader: String(first?.headers['workos-signature']),
      secret: endpoint.secret,
    }),
  ).resolves.toMatchObject({ event: 'organization.created' });
});
