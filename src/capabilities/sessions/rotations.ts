import { together } from '../../lib/together.ts';
import type { Database } from '../../platform/database/database.ts';
import { sql } from '../../platform/database/sql.ts';
import { type MembershipAccess, activeMembershipOf } from '../memberships/index.ts';
import { type User, userColumns } from '../users/index.ts';
import type { SessionHolder } from './holders.ts';
import { type Rotation, type TokenSession, isLive } from './store.ts';

/** A rotation that brings along what a transaction would know. */
export interface LoneRotation extends Rotation {
  environmentId: string;
  now: Date;
  /** The organization that the caller names; only that of the session will do. */
  organizationId: string | null;
}

export interface Rotated {
  row: TokenSession;
  holder: SessionHolder;
}

/** Replaces a valid refresh token, durably; null when it takes more than that, and nothing has changed then. */
export type Rotate = (rotation: LoneRotation) => Promise<Rotated | null>;

/** One statement at a time is the cheapest: those that come meanwhile share the next. */
const gathering = { atOnce: 1, most: 32, patienceMs: 50 };

/** Makes `Rotate` for a process: rotations of about the same time are one statement with one commit. */
export function createRotate(database: Database): Rotate {
  return together(gathering, async (rotations: readonly LoneRotation[]) => {
    const results: (Rotated | null)[] = rotations.map(() => null);
    for (const row of await rotate(database, rotations)) results[row.place - 1] = toRotated(row);
    return results;
  });
}

type Row = User &
  Omit<TokenSession, 'id' | 'user_id'> & {
    /** That of the rotation, from 1. */
    place: number;
    session_id: string;
    membership_id: string | null;
    access: MembershipAccess['access'];
  };

/**
 * A row for each rotation that was made, also for two of one token. Sessions that somebody else holds are left out: no
 * rotation waits for another's.
 */
function rotate(database: Database, rotations: readonly LoneRotation[]): Promise<Row[]> {
  const column = <Key extends keyof LoneRotation>(key: Key) => rotations.map((rotation) => rotation[key]);
  const active = activeMembershipOf(
    sql`rotated.environment_id`,
    sql`rotated.user_id`,
    sql`rotated.organization_id`,
  );
  return database.autocommit<Row>(sql`
    with held as (
      select asked.* from unnest(
        ${column('environmentId')}::text[], ${column('sessionId')}::text[], ${column('presented')}::bytea[],
        ${column('successor')}::bytea[], ${column('organizationId')}::text[], ${column('now')}::timestamptz[],
        ${column('idleUntil')}::timestamptz[])
        with ordinality as asked (environment_id, id, presented, successor, organization_id, now, idle_until, place)
      join session on session.environment_id = asked.environment_id and session.id = asked.id
      where session.refresh_hash = asked.presented and ${isLive(sql`asked.now`)}
        and coalesce(asked.organization_id = session.organization_id, asked.organization_id is null)
      for update of session skip locked
    ), rotated as (
      update session set refresh_hash = held.successor, former_refresh_hash = held.presented, rotated_at = held.now,
        idle_expires_at = held.idle_until, updated_at = held.now
      from held where session.environment_id = held.environment_id and session.id = held.id
      returning session.*
    )
    select ${userColumns}, held.place, rotated.id as session_id, rotated.organization_id,
      rotated.authentication_method, rotated.impersonator_email, rotated.impersonator_reason,
      active.id as membership_id, active.access
    from held
    join rotated on rotated.environment_id = held.environment_id and rotated.id = held.id
    join user_account on user_account.environment_id = rotated.environment_id and user_account.id = rotated.user_id
    left join lateral (${active}) as active on true`);
}

function toRotated(found: Row): Rotated {
  const {
    session_id: id,
    place: _,
    organization_id,
    authentication_method,
    impersonator_email,
    impersonator_reason,
    membership_id,
    access,
    ...user
  } = found;
  return {
    row: {
      id,
      user_id: user.id,
      organization_id,
      authentication_method,
      impersonator_email,
      impersonator_reason,
    },
    holder: {
      user,
      membership:
        membership_id === null || organization_id === null
          ? null
          : { id: membership_id, organization_id, access },
    },
  };
}
