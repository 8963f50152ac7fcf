import type { Command } from 'commander';
import { type Config, type Mode, readConfig } from '../config.ts';
import { type Log, createLog } from '../platform/log.ts';
import { type Runtime, findMasterKey, openRuntime } from '../server/runtime.ts';
import { applySeed, seedDefaults } from '../seed/index.ts';
import { type Served, serve } from '../server/serve.ts';
import { isServingWorker, runWorker, serveWithWorkers } from '../server/workers.ts';
import { announce } from './announce.ts';
import { failWith, say } from './output.ts';

interface ServeOptions {
  json?: boolean;
  seed?: string;
}

export function registerServe(program: Command): void {
  program
    .command('dev')
    .description('run in development mode: default key, seed file, development aids')
    .option('--json', 'print one JSON line with the addresses when ready')
    .option('--seed <file>', 'seed file to apply')
    .action((options: ServeOptions) => run('development', options));
  program
    .command('start')
    .description('run in production mode')
    .option('--json', 'print one JSON line with the addresses when ready')
    .action((options: ServeOptions) => run('production', options));
}

async function run(mode: Mode, options: ServeOptions): Promise<void> {
  const config = readConfig(process.env, mode);
  // Development talks to a person on stdout and logs beside; production's stdout is the log.
  const isLogOnStdout = mode === 'production' && !options.json;
  const log = createLog(
    config.logLevel,
    isLogOnStdout ? undefined : { write: (line) => void process.stderr.write(line) },
  );
  if (isServingWorker()) return runWorker(config, log);
  await runPrimary(config, log, options);
}

async function runPrimary(config: Config, log: Log, options: ServeOptions): Promise<void> {
  const runtime = await openRuntime(config, log);
  let served: Served;
  try {
    await prepareData(config, runtime, options.seed);
    const masterKey = await findMasterKey(config);
    const start = config.workers > 1 ? serveWithWorkers : serve;
    served = await start(config, runtime, log, masterKey);
  } catch (error) {
    await runtime.close();
    throw error;
  }
  stopOnSignal(served, log);
  announce(config, served.port, { isJson: options.json ?? false });
}

async function prepareData(config: Config, runtime: Runtime, seedFile: string | undefined): Promise<void> {
  if (config.mode === 'production') return;
  await seedDefaults(runtime);
  const warnings = await applySeed(runtime, seedFile ?? config.seedFile ?? null);
  for (const warning of warnings) say(`seed: ${warning}`);
}

/** The first signal drains; a second one ends at once. */
function stopOnSignal(served: Served, log: Log): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    served.stop().then(() => process.exit(0), failWith);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}
