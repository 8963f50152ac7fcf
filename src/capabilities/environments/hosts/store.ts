import { sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { CreateEnvironmentHost, EnvironmentHost } from './contract.ts';

const columns = sql`'environment_host' as object, host, kind, created_at`;

/** Null when some environment has the host already. */
export function insertHost(tx: Tx, input: CreateEnvironmentHost): Promise<EnvironmentHost | null> {
  return tx.maybeOne<EnvironmentHost>(sql`
    insert into environment_host (host, environment_id, kind, created_at)
    values (${input.host}, ${tx.environmentId}, ${input.kind}, ${tx.now})
    on conflict (host) do nothing
    returning ${columns}`);
}

export function listHostRows(reader: Reader): Promise<EnvironmentHost[]> {
  return reader.many<EnvironmentHost>(sql`
    select ${columns} from environment_host where environment_id = ${reader.environmentId} order by host`);
}

export function deleteHostRow(tx: Tx, host: string): Promise<number> {
  return tx.run(sql`
    delete from environment_host where environment_id = ${tx.environmentId} and host = ${host}`);
}
