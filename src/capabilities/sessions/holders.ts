import { sql } from '../../platform/database/sql.ts';
import type { Tx } from '../../platform/transaction.ts';
import { type MembershipAccess, activeMembershipOf } from '../memberships/index.ts';
import { type User, userColumns } from '../users/index.ts';

/** Whose session it is, and what they may do there. */
export interface SessionHolder {
  user: User;
  /** Null without an organization, and for somebody who is no active member of it. */
  membership: MembershipAccess | null;
}

type HolderRow = User & {
  membership_id: string | null;
  organization_id: string;
  access: MembershipAccess['access'];
};

/** In the organization that is asked for, else the one that the session has; null when there is no such session. */
export async function findHolder(
  tx: Tx,
  sessionId: string,
  organizationId: string | null,
): Promise<SessionHolder | null> {
  const wanted = sql`coalesce(${organizationId}::text, session.organization_id)`;
  const row = await tx.maybeOne<HolderRow>(sql`
    select ${userColumns}, active.id as membership_id, active.organization_id, active.access
    from session
    join user_account on user_account.environment_id = session.environment_id and user_account.id = session.user_id
    left join lateral (${activeMembershipOf(tx.environmentId, sql`session.user_id`, wanted)}) as active on true
    where session.environment_id = ${tx.environmentId} and session.id = ${sessionId}`);
  if (!row) return null;
  const { membership_id: id, organization_id, access, ...user } = row;
  return { user, membership: id === null ? null : { id, organization_id, access } };
}
