// A browser that our pages know is as forgetful as the sessions that were started in it.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import {
  goodPassword,
  makePerson,
  redeem,
  refresh,
  sessionOf,
  signInByPassword,
} from '../../../test/sign-in.ts';
import { advance } from '../../../test/time.ts';
import {
  type Visitor,
  authorizePath,
  codeOf,
  createVisitor,
  enterPassword,
  pathOf,
  registerCallback,
} from '../../../test/visitor.ts';

const server = useServer();
const hour = 3_600_000;
const settings = '/management/settings';

beforeAll(() => registerCallback(server));

const setSessions = (seconds: object) => server.api.patch(settings, { sessions: seconds });

afterEach(async () => {
  server.clock.setOffset(0);
  await setSessions({ inactivity_seconds: 7 * 86_400, maximum_length_seconds: 30 * 86_400 });
});

/** What an application gets for a code. */
async function tokensOf(code: string | null): Promise<{ refreshToken: string; sessionId: string }> {
  const { status, body } = await redeem(server, code ?? '');
  expect([status, body.code]).toEqual([200, undefined]);
  return { refreshToken: body.refresh_token, sessionId: sessionOf(body.access_token) };
}

/** The code after a sign-in by password. */
async function signIn(visitor: Visitor, email?: string): Promise<string> {
  const address = email ?? (await makePerson(server.api)).email;
  return codeOf(await enterPassword(visitor, server, { email: address, password: goodPassword }));
}

/** The code that the next application is answered with, or null when our pages ask who it is. */
async function comeBack(visitor: Visitor): Promise<string | null> {
  const { location, url } = await visitor.arrive(authorizePath(server));
  if (location !== '') return new URL(location).searchParams.get('code');
  expect(pathOf(url)).toBe('/sign-in');
  return null;
}

const isKnown = async (visitor: Visitor): Promise<boolean> => (await comeBack(visitor)) !== null;

test('a browser in which nothing was used for the time of inactivity asks for the password again', async () => {
  await setSessions({ inactivity_seconds: 3_600 });
  const visitor = createVisitor(server);
  await tokensOf(await signIn(visitor));
  advance(server.clock, hour - 5_000);
  expect(await isKnown(visitor)).toBe(true);
  advance(server.clock, 10_000);
  expect(await isKnown(visitor)).toBe(false);
});

test('a code that nobody redeemed is no use, and a sign-in is one though nobody redeemed its code', async () => {
  await setSessions({ inactivity_seconds: 3_600 });
  const visitor = createVisitor(server);
  await signIn(visitor);
  for (let count = 0; count < 3; count += 1) {
    advance(server.clock, hour / 4);
    expect(await isKnown(visitor)).toBe(true);
  }
  advance(server.clock, hour / 3);
  expect(await isKnown(visitor)).toBe(false);
});

test('each refresh keeps the browser known, of whichever session that was started in it', async () => {
  await setSessions({ inactivity_seconds: 3_600 });
  const visitor = createVisitor(server);
  await tokensOf(await signIn(visitor));
  const second = await tokensOf(await comeBack(visitor));
  let token = second.refreshToken;
  for (let count = 0; count < 4; count += 1) {
    advance(server.clock, 0.9 * hour);
    const { status, body } = await refresh(server, token);
    expect(status).toBe(200);
    token = body.refresh_token;
  }
  advance(server.clock, 0.9 * hour);
  expect(await isKnown(visitor)).toBe(true);
  advance(server.clock, 0.2 * hour);
  expect(await isKnown(visitor)).toBe(false);
});

test('coming in again is a use, until the longest age since the password', async () => {
  await setSessions({ inactivity_seconds: 3_600, maximum_length_seconds: 3 * 3_600 });
  const visitor = createVisitor(server);
  await tokensOf(await signIn(visitor));
  for (let count = 0; count < 3; count += 1) {
    advance(server.clock, 0.9 * hour);
    await tokensOf(await comeBack(visitor));
  }
  advance(server.clock, 0.4 * hour);
  expect(await isKnown(visitor)).toBe(false);
});

test('sessions of the same person in another browser, or by API, keep nothing known', async () => {
  await setSessions({ inactivity_seconds: 3_600 });
  const { email } = await makePerson(server.api);
  const [left, used] = [createVisitor(server), createVisitor(server)];
  await tokensOf(await signIn(left, email));
  advance(server.clock, hour / 2);
  await tokensOf(await signIn(used, email));
  expect((await signInByPassword(server, email)).status).toBe(200);
  advance(server.clock, 0.6 * hour);
  expect(await isKnown(used)).toBe(true);
  expect(await isKnown(left)).toBe(false);
});

test('a password makes a forgotten browser known again, until the session is ended', async () => {
  await setSessions({ inactivity_seconds: 3_600 });
  const visitor = createVisitor(server);
  await signIn(visitor);
  advance(server.clock, 1.1 * hour);
  expect(await isKnown(visitor)).toBe(false);
  const { refreshToken, sessionId } = await tokensOf(await signIn(visitor));
  advance(server.clock, hour / 2);
  expect(await isKnown(visitor)).toBe(true);
  await server.api.post('/user_management/sessions/revoke', { session_id: sessionId });
  expect(await isKnown(visitor)).toBe(false);
  expect((await refresh(server, refreshToken)).status).toBe(400);
});

test('a code that was given before the time of inactivity ended starts a session that keeps the browser known', async () => {
  await setSessions({ inactivity_seconds: 300 });
  const visitor = createVisitor(server);
  const code = await signIn(visitor);
  advance(server.clock, 301_000);
  expect(await isKnown(visitor)).toBe(false);
  await tokensOf(code);
  expect(await isKnown(visitor)).toBe(true);
});
