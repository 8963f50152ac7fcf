import { createEnvironmentDirectory } from '../capabilities/environments/index.ts';
import { type Config, readConfig } from '../config.ts';
import { type Log, createLog } from '../platform/log.ts';
import { type Principal, system } from '../platform/scope.ts';
import { type Tx, createScope, inTransaction } from '../platform/transaction.ts';
import { type Runtime, openRuntime } from '../server/runtime.ts';

/** The log of a command goes to stderr: stdout holds its result. */
export const commandLog = (config: Config): Log =>
  createLog(config.logLevel, { write: (line) => void process.stderr.write(line) });

/** Opens the database for one command and closes it whatever happens. */
export async function withRuntime<Value>(
  work: (runtime: Runtime, log: Log, config: Config) => Promise<Value>,
): Promise<Value> {
  const config = readConfig(process.env, 'development');
  const log = commandLog(config);
  const runtime = await openRuntime(config, log, { mayVisit: true });
  try {
    return await work(runtime, log, config);
  } finally {
    await runtime.close();
  }
}

/** A transaction of the installation, acted by Doorwright itself. */
export function inInstallTransaction<Value>(
  runtime: Runtime,
  work: (tx: Tx) => Promise<Value>,
  principal: Principal = system,
): Promise<Value> {
  const scope = createScope({ environment: null, principal, requestId: 'command', now: runtime.clock.now() });
  return inTransaction(runtime.database, scope, work);
}

/** A transaction of one environment: that of the client id, or the first. */
export async function inEnvironmentTransaction<Value>(
  runtime: Runtime,
  clientId: string | undefined,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  const directory = createEnvironmentDirectory(runtime.database);
  const environment = await (clientId ? directory.byClientId(clientId) : directory.default());
  if (!environment) throw new Error('There is no such environment. `doorwright env list` shows them.');
  const scope = createScope({
    environment,
    principal: system,
    requestId: 'command',
    now: runtime.clock.now(),
  });
  return inTransaction(runtime.database, scope, work);
}
