import type { PoolClient } from 'pg';

/** `pg` declares no type for the socket below its client. */
type PipelinedClient = PoolClient & { connection: { stream: { cork(): void; uncork(): void } } };

const corked = new WeakSet<PoolClient>();

/** Holds a connection's writes back until the end of the tick, so that what is sent in one tick leaves in one write. */
export function flushTogether(client: PoolClient): void {
  if (corked.has(client)) return;
  corked.add(client);
  const { stream } = (client as PipelinedClient).connection;
  stream.cork();
  process.nextTick(() => {
    corked.delete(client);
    stream.uncork();
  });
}
