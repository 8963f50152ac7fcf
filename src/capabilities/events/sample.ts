import { sql } from '../../platform/database/sql.ts';
import type { Reader } from '../../platform/scope.ts';

/**
 * What the `data` of an event of this type looks like: that of the environment's newest, or an object that says that
 * there was none yet.
 */
export async function sampleEvent(reader: Reader, type: string): Promise<object> {
  const newest = await reader.maybeOne<{ data: object }>(sql`
    select data from event where environment_id = ${reader.environmentId} and type = ${type}
    order by xid desc, seq desc limit 1`);
  return newest?.data ?? { object: 'sample', id: `sample_${'0'.repeat(26)}` };
}
