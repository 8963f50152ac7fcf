import { sql } from '../../../platform/database/sql.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';

/** As much of a reader as settings need: work that no request asked for has no more. */
export type SettingReader = Pick<Reader, 'many' | 'environmentId'>;

export function findSettings(
  reader: SettingReader,
  names: readonly string[],
): Promise<{ name: string; value: object }[]> {
  return reader.many<{ name: string; value: object }>(sql`
    select name, value from environment_setting
    where environment_id = ${reader.environmentId} and name = any(${names})`);
}

export async function findSettingsForUpdate(tx: Tx, name: string): Promise<object> {
  // The environment's row makes two first changes of a group take turns.
  await tx.run(sql`select 1 from environment where id = ${tx.environmentId} for update`);
  const row = await tx.maybeOne<{ value: object }>(sql`
    select value from environment_setting where environment_id = ${tx.environmentId} and name = ${name}`);
  return row?.value ?? {};
}

export async function upsertSettings(tx: Tx, name: string, value: object): Promise<void> {
  await tx.run(sql`
    insert into environment_setting (environment_id, name, value, updated_at)
    values (${tx.environmentId}, ${name}, ${JSON.stringify(value)}, ${tx.now})
    on conflict (environment_id, name) do update set value = excluded.value, updated_at = excluded.updated_at`);
}
