// What receivers do with the official SDK: the signature of each delivery, and what is refused (threat H-05).
import { beforeAll, expect, test, vi } from 'vitest';
import { writeSignatureHeader } from '../../src/protocols/webhook-signature/index.ts';
import { anEndpoint, useReceivers, within } from '../webhooks.ts';
import { useSdk } from './use-sdk.ts';

const server = useSdk();
const aReceiver = useReceivers();
let delivered: { payload: Record<string, unknown>; sigHeader: string; secret: string };

beforeAll(async () => {
  server.startJobs();
});

test('a delivery is an event of the SDK, equal to what the Events API lists', async () => {
  const receiver = await aReceiver();
  const { secret } = await anEndpoint(server.api, receiver.url, ['user.created']);
  await server.sdk.userManagement.createUser({ email: 'webhooks@example.com', firstName: 'Zoë' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), within);
  const [request] = receiver.received;
  delivered = {
    payload: JSON.parse(request?.body ?? ''),
    sigHeader: String(request?.headers['workos-signature']),
    secret,
  };
  const event = await server.sdk.webhooks.constructEvent(delivered);
  const { data } = await server.sdk.events.listEvents({ events: ['user.created'] });
  expect(event).toEqual(data[0]);
  expect(event).toMatchObject({ event: 'user.created', data: { firstName: 'Zoë' } });
});

const at = () => Date.now();

test.each([
  [
    'a flipped bit of the signature',
    () => delivered.sigHeader.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    /does not match/,
  ],
  ['another time', () => delivered.sigHeader.replace(/t=\d+/, `t=${at()}1`), /does not match/],
  ['no signature', () => delivered.sigHeader.split(',')[0] ?? '', /Signature or timestamp missing/],
  ['an empty signature', () => `t=${at()}, v1=`, /No signature hash found/],
  [
    'a signature of ten minutes ago',
    () => writeSignatureHeader(JSON.stringify(delivered.payload), [delivered.secret], at() - 600_000),
    /outside the tolerance/,
  ],
])('%s is refused by the SDK', async (_, header, message) => {
  await expect(server.sdk.webhooks.constructEvent({ ...delivered, sigHeader: header() })).rejects.toThrow(
    message,
  );
});

test('another body and another secret are refused by the SDK', async () => {
  const { payload, secret } = delivered;
  for (const change of [{ payload: { ...payload, event: 'user.deleted' } }, { secret: `${secret}x` }]) {
    await expect(server.sdk.webhooks.constructEvent({ ...delivered, ...change })).rejects.toThrow(
      'does not match',
    );
  }
});
