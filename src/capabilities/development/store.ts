import type { Db } from '../../platform/database/database.ts';
import { sql } from '../../platform/database/sql.ts';

const name = 'clock_offset_ms';

export async function readClockOffset(db: Db): Promise<number> {
  const row = await db.maybeOne<{ value: number }>(
    sql`select value from install_setting where name = ${name}`,
  );
  return row?.value ?? 0;
}

export async function writeClockOffset(db: Db, offsetMs: number): Promise<void> {
  await db.run(sql`
    insert into install_setting (name, value) values (${name}, ${JSON.stringify(offsetMs)})
    on conflict (name) do update set value = excluded.value`);
}
