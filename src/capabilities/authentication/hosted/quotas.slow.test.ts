// Trying too often: the page says so, with how long to wait, and nobody else is kept waiting.
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { goodPassword, makePerson } from '../../../../test/sign-in.ts';
import { advance } from '../../../../test/time.ts';
import {
  type Visit,
  authorizePath,
  createVisitor,
  enterPassword,
  problemIn,
  registerCallback,
} from '../../../../test/visitor.ts';

const server = useServer({ rateLimitFactor: 1 });
/** A tenth of every limit, so that a slow machine reaches one within its window. */
const strict = useServer({ rateLimitFactor: 0.1 });
const proxied = useServer({ rateLimitFactor: 0.1, trustedProxies: ['127.0.0.0/8'] });

beforeAll(async () => {
  await registerCallback(server);
  await registerCallback(proxied);
});

const expectTooOften = (visit: Visit): void => {
  expect(visit.status).toBe(429);
  expect(Number(visit.headers['retry-after'])).toBeGreaterThan(0);
  expect(problemIn(visit)).toMatch(/^Too many tries. Wait \d+ seconds, then try again.$/);
  expect(visit.html).toContain('<form method="post"');
};

test('the eleventh password for an address in a minute, right or wrong, known or unknown', async () => {
  const { email } = await makePerson(server.api);
  for (const address of [email, 'nobody@example.com']) {
    const visitor = createVisitor(server);
    const page = await visitor.fill(await visitor.arrive(authorizePath(server)), { email: address });
    for (let count = 0; count < 10; count += 1) {
      expect((await visitor.submit(page, { password: 'not the password' })).status).toBe(422);
    }
    expectTooOften(await visitor.submit(page, { password: goodPassword }));
  }
  const other = await makePerson(server.api);
  const people = { email: other.email, password: goodPassword };
  expect((await enterPassword(createVisitor(server), server, people)).status).toBe(200);
  advance(server.clock, 61_000);
  expect((await enterPassword(createVisitor(server), server, { email, password: goodPassword })).status).toBe(
    200,
  );
});

test('the eleventh code, and the fourth message, in a minute; the same for a code that was never sent', async () => {
  const { email } = await makePerson(server.api);
  for (const address of ['quota@example.com', email]) {
    advance(server.clock, 61_000);
    const visitor = createVisitor(server);
    const first = await visitor.arrive(authorizePath(server, { screen_hint: 'sign-up' }));
    const second = await visitor.fill(first, { email: address });
    const page = await visitor.fill(second, { password: goodPassword });
    for (let count = 0; count < 3; count += 1) {
      expect((await visitor.submit(page, { again: 'yes' })).status).toBe(303);
    }
    expectTooOften(await visitor.submit(page, { again: 'yes' }));
    for (let count = 0; count < 10; count += 1) await visitor.submit(page, { code: '000000' });
    expectTooOften(await visitor.submit(page, { code: '000000' }));
  }
});

test('the fourth request for a link in a minute, whoever has the address', async () => {
  const { email } = await makePerson(server.api);
  for (const address of [email, 'nobody-else@example.com']) {
    const visitor = createVisitor(server);
    const page = await visitor.open(`/environments/${server.clientId}/reset-password`);
    for (let count = 0; count < 3; count += 1) {
      expect((await visitor.submit(page, { email: address })).status).toBe(200);
    }
    expectTooOften(await visitor.submit(page, { email: address }));
  }
});

test('whoever has no credential uses up their own limit, and not that of the keys', async () => {
  const fresh = await strict.addEnvironment('sandbox');
  const guess = { grant_type: 'refresh_token', client_id: fresh.clientId, refresh_token: 'x' };
  const path = '/user_management/authenticate';
  const statuses = new Set<number>();
  for (let round = 0; round < 11; round += 1) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => strict.anonymous.post(path, guess)));
    for (const { status } of answers) statuses.add(status);
  }
  expect([...statuses].toSorted()).toEqual([400, 429]);
  const made = await fresh.api.post('/user_management/users', { email: 'still@example.com' });
  expect(made.status).toBe(201);
});

test('the forms of one IPv6 network count together, whichever of its addresses they come from', async () => {
  const signInFrom = async (address: string, turn: number): Promise<number> => {
    const visitor = createVisitor(proxied);
    const page = await visitor.fill(await visitor.arrive(authorizePath(proxied)), {
      email: `turn-${turn}@example.com`,
    });
    const from = { 'x-forwarded-for': address };
    return (await visitor.submit(page, { password: 'not the password' }, from)).status;
  };
  const network = '2001:db8:7:7';
  for (let turn = 0; turn < 10; turn += 1) {
    expect(await signInFrom(`${network}:${turn}::1`, turn)).toBe(422);
  }
  expect(await signInFrom(`${network}:ffff::1`, 10)).toBe(429);
  expect(await signInFrom('2001:db8:7:8::1', 11)).toBe(422);
});
