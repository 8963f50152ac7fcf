/**
 * A process that supervises a database as `doorwright` does, for tests to kill: `supervise.ts <data directory> [engine
 * directory]`. Prints one JSON line when ready, or one with the error; SIGTERM stops it.
 */
import { pino } from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgresError } from '../index.ts';

const [dataDirectory, engineDirectory] = process.argv.slice(2);
if (!dataDirectory) throw new Error('which data directory?');

try {
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    ...(engineDirectory ? { engineDirectory } : {}),
    settings: { fsync: 'off' },
    log: pino({ level: 'silent' }),
  });
  const stayAlive = setInterval(() => {}, 60_000);
  process.once('SIGTERM', () => {
    clearInterval(stayAlive);
    void postgres.stop().then(() => process.exit(0));
  });
  print({ origin: postgres.origin, connection: postgres.connection, uid: process.getuid?.() });
} catch (error) {
  const { code, message } = error as EmbeddedPostgresError;
  print({ error: { name: (error as Error).name, code, message } });
  process.exitCode = 1;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
