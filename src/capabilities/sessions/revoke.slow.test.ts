import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { lastEvent } from '../../../test/people.ts';
import { outcomeOf, refresh, signIn } from '../../../test/sign-in.ts';

const server = useServer();
const revoke = (id: unknown, api = server.api) =>
  api.post('/user_management/sessions/revoke', { session_id: id });

test('a session is revoked, with its event, and refreshed no more', async () => {
  const session = await signIn(server);
  const mark = await lastEvent(server.api);
  const { status, body } = await revoke(session.session_id);
  expect([status, body]).toEqual([200, '']);
  expect(outcomeOf(await refresh(server, session.refresh_token))).toBe('400 invalid_grant');
  const { body: events } = await server.api.get(`/events?after=${mark}`);
  expect(events.data).toMatchObject([
    { event: 'session.revoked', data: { object: 'session', id: session.session_id, status: 'revoked' } },
  ]);
  expect(events.data[0].data.ended_at).toBe(events.data[0].data.updated_at);
});

test('revoking again is harmless and tells nothing', async () => {
  const { session_id: id } = await signIn(server);
  await revoke(id);
  const mark = await lastEvent(server.api);
  expect((await revoke(id)).status).toBe(200);
  expect(await server.eventNames(mark)).toEqual([]);
});

test('a session that ran out is not revoked', async () => {
  const { session_id: id } = await signIn(server);
  const mark = await lastEvent(server.api);
  server.clock.setOffset(8 * 86_400_000);
  expect((await revoke(id)).status).toBe(200);
  server.clock.setOffset(0);
  expect(await server.eventNames(mark)).toEqual([]);
});

test("an unknown session and another environment's are refused alike, and go on", async () => {
  const session = await signIn(server);
  const foreign = await revoke(session.session_id, server.other.api);
  const unknown = await revoke('session_unknown');
  expect([foreign.status, foreign.body.code]).toEqual([400, 'session_not_found']);
  expect([unknown.status, unknown.body.code]).toEqual([400, 'session_not_found']);
  expect(outcomeOf(await refresh(server, session.refresh_token))).toBe('200');
});

test('session_id is required, and text', async () => {
  for (const id of [undefined, '', 7, 'x'.repeat(101)]) expect((await revoke(id)).status).toBe(422);
});
