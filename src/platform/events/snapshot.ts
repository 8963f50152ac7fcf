/**
 * True when a transaction had been committed as a snapshot was taken, of one that has been by now.
 * @param snapshot as PostgreSQL writes a `pg_snapshot`: `xmin:xmax:xip,xip`
 */
export function isBeforeSnapshot(xid: string, snapshot: string): boolean {
  const [xmin = '0', xmax = '0', running = ''] = snapshot.split(':');
  const id = BigInt(xid);
  if (id < BigInt(xmin)) return true;
  return id < BigInt(xmax) && !running.split(',').includes(xid);
}

/** True when every transaction that the snapshot did not see yet comes behind this one. */
export function isPastSnapshot(xid: string, snapshot: string): boolean {
  return BigInt(xid) >= BigInt(snapshot.split(':')[1] ?? '0');
}
