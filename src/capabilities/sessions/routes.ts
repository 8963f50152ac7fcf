import { z } from 'zod';
import { ById } from '../../platform/contract.ts';
import type { Database } from '../../platform/database/database.ts';
import {
  type Operation,
  type Reply,
  byKey,
  operation,
  redirect,
  unknownId,
} from '../../platform/operation.ts';
import type { Reader } from '../../platform/scope.ts';
import { ListSessions, RevokeSession, SessionList } from './contract.ts';
import { signOut } from './logout.ts';
import { type RefreshCookieDeps, forgetEndedSession } from './refresh-cookies.ts';
import { listSessions, revokeSession } from './sessions.ts';
import { findEnvironmentOfSession } from './store.ts';

export interface SessionDeps extends RefreshCookieDeps {
  database: Database;
  /** What people see who signed out where no address is registered. */
  signedOutPage: (reader: Reader, cookies: readonly string[]) => Promise<Reply>;
}

export function sessionOperations(deps: SessionDeps): readonly Operation[] {
  return [
    operation({
      ...byKey,
      id: 'sessions.list',
      summary: "List a user's sessions that are still on",
      method: 'GET',
      path: '/user_management/users/{id}/sessions',
      permission: 'sessions:read',
      params: ById,
      query: ListSessions,
      returns: { 200: SessionList },
      errors: [
        unknownId('user'),
        { status: 422, code: 'invalid_request_parameters', when: 'A parameter or cursor is not valid.' },
      ],
      run: (reader, { params, query }) => listSessions(reader, params.id, query),
    }),
    operation({
      ...byKey,
      id: 'sessions.revoke',
      summary: 'End a session',
      method: 'POST',
      path: '/user_management/sessions/revoke',
      permission: 'sessions:write',
      body: RevokeSession,
      returns: { 200: null },
      errors: [{ status: 400, code: 'session_not_found', when: 'There is no such session.' }],
      run: (tx, { body }) => revokeSession(tx, body.session_id),
    }),
    operation({
      id: 'sessions.sign_out',
      summary: 'End a session from the browser and return to the application',
      method: 'GET',
      path: '/user_management/sessions/logout',
      protocol: 'page',
      principals: ['none'],
      environmentFrom: 'object',
      locateEnvironment: ({ session_id: id }) =>
        typeof id === 'string' && !id.includes('\0')
          ? findEnvironmentOfSession(deps.database, id)
          : Promise.resolve(null),
      permission: null,
      isWriting: true,
      query: z.object({
        session_id: z.string().min(1).max(100),
        return_to: z.string().max(2_000).optional(),
      }),
      returns: { 302: 'redirect', 200: 'text/html' },
      errors: [
        { status: 422, code: 'validation_failed', when: 'session_id is missing.' },
        { status: 422, code: 'invalid_return_to', when: 'return_to is not registered.' },
      ],
      run: async (tx, { query, request }) => {
        const { session_id: sessionId, return_to: returnTo } = query;
        const target = await signOut(tx, sessionId, returnTo ?? null);
        const cookies = forgetEndedSession(tx, deps, { request, sessionId });
        return target === null ? deps.signedOutPage(tx, cookies) : redirect(target, 302, cookies);
      },
    }),
  ];
}
