import { readFileSync, readdirSync } from 'node:fs';
import { WorkOS } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { everyOperation } from '../../../scripts/generate/openapi.ts';
import { idTime } from '../../lib/id.ts';
import { definedEvents } from '../../platform/events/events.ts';
import { eventNames } from '../../platform/events/names.ts';
import { writeSignatureHeader } from '../../protocols/webhook-signature/index.ts';
import { catalogue } from './catalogue.ts';
import { eventSchema } from './contract.ts';
import { eventWebhooks, listCatalogue, sampleEvent } from './index.ts';

// Loads every slice, and with it what each declares.
everyOperation();
const events = listCatalogue();

/** Words that name what opens something. `verification_token` is published in the DNS. */
const secretWords = /^(code|token|.*_url|password.*|.*secret.*|.*_token)$/;
const allowed = new Set(['verification_token', 'profile_picture_url']);
const isSecret = (path: string, name: string): boolean =>
  secretWords.test(name) && !allowed.has(name) && !(name === 'code' && path.endsWith('error'));

function secretsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(isSecret(path, name) ? [`${path}.${name}`] : []),
    ...secretsIn(item, `${path}.${name}`),
  ]);
}

/** The names of all properties that a JSON schema describes. */
function secretsOfSchema(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, ...others } = schema as { properties?: Record<string, unknown> };
  return [
    ...Object.entries(properties).flatMap(([name, item]) => [
      ...(isSecret(path, name) ? [`${path}.${name}`] : []),
      ...secretsOfSchema(item, `${path}.${name}`),
    ]),
    ...Object.values(others).flatMap((part) => secretsOfSchema(part, path)),
  ];
}

test('every documented event has one schema', () => {
  expect(events.map(({ name }) => name).sort()).toEqual([...eventNames].sort());
});

test.each(events.map((event) => [event.name, event] as const))(
  'the sample of %s is as its schema says',
  (name, event) => {
    const sample = sampleEvent(name);
    expect(eventSchema(event).parse(sample)).toEqual(sample);
    expect(sampleEvent(name)).toEqual(sample);
    for (const [, id = ''] of JSON.stringify(sample).matchAll(/"([a-z_]+_[0-9A-Z]{26})"/g)) {
      expect(idTime(id), id).toEqual(new Date('2026-03-02T09:30:00.000Z'));
    }
  },
);

test.each(events.map((event) => [event.name, event] as const))(
  'nothing secret has a place in %s',
  (name, { data }) => {
    expect(secretsIn(sampleEvent(name))).toEqual([]);
    expect(secretsOfSchema(z.toJSONSchema(data, { unrepresentable: 'any' }))).toEqual([]);
  },
);

test('the official SDK verifies every sample, and reads those whose types it knows', async () => {
  const { webhooks } = new WorkOS('sk_sample');
  const secret = 'whsec_sample';
  let known = 0;
  for (const name of eventNames) {
    const sample = sampleEvent(name);
    const text = JSON.stringify(sample);
    const sigHeader = writeSignatureHeader(text, [secret], Date.now());
    const payload = JSON.parse(text) as Record<string, unknown>;
    // Nothing for a type that is newer than this SDK.
    const read = await webhooks.constructEvent({ payload, sigHeader, secret });
    if ((read as unknown) === undefined) continue;
    known += 1;
    expect(read).toMatchObject({ id: sample.id, event: name, createdAt: sample.created_at });
  }
  expect(known).toBeGreaterThanOrEqual(75);
});

test('an event says which capability emits it: those that are there declare theirs', () => {
  const files = readdirSync('src/capabilities', { recursive: true, encoding: 'utf8' });
  const declaring = files
    .filter((path) => path.endsWith('/events.ts'))
    .map((path) => ({ path, text: readFileSync(`src/capabilities/${path}`, 'utf8') }));
  const misplaced = events.filter(
    ({ name, capability, isPlanned }) =>
      !isPlanned &&
      !declaring.some(({ path, text }) => path.startsWith(`${capability}/`) && text.includes(`'${name}'`)),
  );
  expect(misplaced.map(({ name, capability }) => `${name}: ${capability}`)).toEqual([]);
});

test('an event that a capability declares and the catalogue still plans is refused by name', () => {
  const planned = { ...catalogue['user.created'], planned: z.object({}) };
  expect(() => listCatalogue({ ...catalogue, 'user.created': planned })).toThrow(
    "user.created is declared by its capability and still planned: take the line 'planned:' of user.created out",
  );
});

test('an event without a schema is refused by name', () => {
  const others = new Map([...definedEvents()].filter(([name]) => name !== 'user.created'));
  expect(() => listCatalogue(catalogue, others)).toThrow(
    'user.created has no schema: declare it with defineEvent in src/capabilities/users',
  );
});

test('webhooks are described for the 93 events that endpoints may ask for, and those to come are marked', () => {
  const webhooks = eventWebhooks();
  expect(webhooks.length).toBe(93);
  expect(webhooks.find(({ name }) => name === 'user.created')?.isPlanned).toBe(false);
  expect(webhooks.find(({ name }) => name === 'waitlist_user.created')?.isPlanned).toBe(true);
  expect(webhooks.some(({ name }) => name.startsWith('vault.'))).toBe(false);
});
