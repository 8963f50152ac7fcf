// Webhooks with the newest official SDK: it manages endpoints, and judges the bytes that arrive.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ConflictException, NotFoundException, UnprocessableEntityException, WorkOS } from '@workos-inc/node';
import { startProgram } from '../program.ts';

let folder;
let program;
let sdk;
let receiver;
let url;
/** What arrived: the body's bytes and the header. */
const received = [];
let answer = () => 200;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorwright-newer-webhooks-'));
  program = await startProgram(
    { DOORWRIGHT_DATA_DIR: join(folder, 'data') },
    ['dev', '--json'],
    process.env.DOORWRIGHT_TEST_NODE ?? 'node',
  );
  sdk = new WorkOS(program.apiKey, {
    apiHostname: '127.0.0.1',
    port: Number(new URL(program.url).port),
    https: false,
  });
  receiver = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = { payload: Buffer.concat(chunks), sigHeader: request.headers['workos-signature'] };
    received.push(one);
    response.writeHead(await answer(one)).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${receiver.address().port}/hooks`;
});

after(async () => {
  await program.stop();
  receiver.closeAllConnections();
  receiver.close();
  await rm(folder, { recursive: true, force: true });
});

async function until(what, isReached) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (isReached()) return;
    await setTimeout(50);
  }
  assert.fail(`not ${what}: ${received.length} deliveries arrived`);
}

const isGood = ({ payload, sigHeader }, secret) =>
  sdk.webhooks.constructEvent({ payload, sigHeader, secret }).then(
    () => true,
    () => false,
  );

test('endpoints are made, listed, changed and deleted', async () => {
  const { webhooks } = sdk;
  const made = await webhooks.createWebhookEndpoint({
    endpointUrl: 'https://93.184.215.14/sdk',
    events: ['user.created'],
  });
  assert.match(made.id, /^we_/);
  assert.match(made.secret, /^whsec_/);
  assert.deepEqual((await webhooks.listWebhookEndpoints()).data, [made]);
  const changed = await webhooks.updateWebhookEndpoint({ id: made.id, status: 'disabled', events: [] });
  assert.deepEqual([changed.status, changed.events, changed.secret], ['disabled', [], made.secret]);
  const refusals = [
    [() => webhooks.createWebhookEndpoint({ endpointUrl: made.endpointUrl, events: [] }), ConflictException],
    [
      () => webhooks.createWebhookEndpoint({ endpointUrl: 'nonsense', events: [] }),
      UnprocessableEntityException,
    ],
    [
      () =>
        webhooks.createWebhookEndpoint({ endpointUrl: 'https://93.184.215.14/', events: ['user.exploded'] }),
      UnprocessableEntityException,
    ],
    [() => webhooks.updateWebhookEndpoint({ id: 'we_unknown', events: [] }), NotFoundException],
  ];
  for (const [call, type] of refusals) await assert.rejects(call, type);
  await webhooks.deleteWebhookEndpoint({ id: made.id });
  assert.deepEqual((await webhooks.listWebhookEndpoints()).data, []);
});

test('the bytes of a delivery verify, and during a rotation with either secret', async () => {
  const { id, secret } = await sdk.webhooks.createWebhookEndpoint({
    endpointUrl: url,
    events: ['organization.created'],
  });
  await sdk.organizations.createOrganization({ name: 'Büro' });
  await until('received', () => received.length === 1);
  const [first] = received;
  const event = await sdk.webhooks.constructEvent({ ...first, secret });
  assert.deepEqual([event.event, event.data.name], ['organization.created', 'Büro']);
  assert.equal(await isGood(first, `${secret}x`), false);
  const flipped = Buffer.from(first.payload);
  flipped[20] ^= 1;
  assert.equal(await isGood({ ...first, payload: flipped }, secret), false);

  const response = await fetch(`${program.url}/management/webhook_endpoints/${id}/rotate_secret`, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.apiKey}`, 'content-type': 'application/json' },
    body: '{"overlap_hours":1}',
  });
  const { secret: newer } = await response.json();
  for (const holder of [secret, newer]) {
    const seen = received.length;
    let accepted = 0;
    answer = async (one) => {
      const good = await isGood(one, holder);
      if (good) accepted += 1;
      return good ? 200 : 401;
    };
    await sdk.organizations.createOrganization({ name: 'Rotated' });
    // The older secret signs first; a receiver that knows the newer is asked once more at once.
    await until('accepted', () => accepted === 1);
    assert.equal(received.length, seen + (holder === secret ? 1 : 2));
  }
});
