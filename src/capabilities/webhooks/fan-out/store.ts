import type { Db } from '../../../platform/database/database.ts';
import { sql } from '../../../platform/database/sql.ts';

/** An endpoint that is told of new events: one that is enabled, or paused and keeps its queue. */
export interface Follower {
  id: string;
  events: string[];
  state: 'enabled' | 'paused';
  /** As text; see `webhook_endpoint.since`. */
  since: string | null;
}

/** How many endpoints of an environment follow its events. */
export async function countFollowers(db: Db, environmentId: string): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    select count(*)::int as count from webhook_endpoint
    where environment_id = ${environmentId} and state in ('enabled', 'paused')`);
  return count;
}

/** Locks the endpoints of an environment that follow its events: none is switched off in the middle. */
export function lockFollowers(db: Db, environmentId: string): Promise<Follower[]> {
  return db.many<Follower>(sql`
    select id, events, state, since::text as since from webhook_endpoint
    where environment_id = ${environmentId} and state in ('enabled', 'paused') order by id for no key update`);
}

/** For endpoints that the cursor has caught up with. */
export async function forgetSince(
  db: Db,
  environmentId: string,
  endpointIds: readonly string[],
): Promise<void> {
  await db.run(sql`
    update webhook_endpoint set since = null
    where environment_id = ${environmentId} and id = any(${endpointIds})`);
}
