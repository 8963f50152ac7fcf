import type { Command } from 'commander';
import { type Config, type Mode, readConfig } from '../config.ts';
import { createEncryption, parseMasterKeys } from '../platform/encryption.ts';
import { type Log, createLog } from '../platform/log.ts';
import { openLogStream } from '../platform/log-stream.ts';
import { findMasterKey, openRuntime } from '../server/runtime.ts';
import { defaultSampleOrigin, sampleOriginAt, samplePorts } from '../seed/defaults.ts';
import { type SeedTarget, applySeed, seedDefaults } from '../seed/index.ts';
import { findFreePort, sampleProgram, startSample } from '../server/sample-child.ts';
import { type Served, serve } from '../server/serve.ts';
import { isServingWorker, runWorker, serveWithWorkers } from '../server/workers.ts';
import { announce } from './announce.ts';
import { applicationEnvironment } from './application-environment.ts';
import { failWith, outliveOutput, say } from './output.ts';

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
  const log = createLog(config.logLevel, openLogStream(isLogOnStdout ? 1 : 2));
  outliveOutput();
  if (isServingWorker()) return runWorker(config, log);
  await runPrimary(config, log, options);
}

async function runPrimary(config: Config, log: Log, options: ServeOptions): Promise<void> {
  const [runtime, sample] = await Promise.all([openRuntime(config, log), findSample(config)]);
  let served: Served;
  try {
    const masterKey = await findMasterKey(config);
    const encryption = createEncryption(parseMasterKeys(masterKey));
    await prepareData(config, { ...runtime, encryption }, { seedFile: options.seed, sample });
    const start = config.workers > 1 ? serveWithWorkers : serve;
    served = await start(config, runtime, log, masterKey);
  } catch (error) {
    await runtime.close();
    throw error;
  }
  const sampleUrl = sample?.origin ?? null;
  const environment =
    config.mode === 'development'
      ? applicationEnvironment(config, served.port, sampleUrl ?? defaultSampleOrigin)
      : null;
  announce(config, served.port, { isJson: options.json ?? false, sampleUrl, environment });
  // After all else: the server is ready without it.
  const child = sample && environment ? startSample({ ...sample, environment, log, onFailure }) : null;
  stopOnSignal(log, () => Promise.all([served.stop(), child?.stop()]));
}

interface Sample {
  program: string;
  port: number;
  origin: string;
}

/** Where the sample application will be; null when there is none. */
async function findSample(config: Config): Promise<Sample | null> {
  const program = config.hasSample ? sampleProgram() : null;
  if (program === null) return null;
  const port = await findFreePort(samplePorts.filter((one) => one !== config.port));
  return { program, port, origin: sampleOriginAt(port) };
}

const onFailure = (reason: string): void =>
  say(`The sample application is not running: ${reason}. Doorwright goes on without it.`);

async function prepareData(
  config: Config,
  target: SeedTarget,
  { seedFile, sample }: { seedFile: string | undefined; sample: Sample | null },
): Promise<void> {
  if (config.mode === 'production') return;
  await seedDefaults(target, sample?.origin);
  const warnings = await applySeed(target, seedFile ?? config.seedFile ?? null);
  for (const warning of warnings) say(`seed: ${warning}`);
}

/** The first signal drains; a second one ends at once. */
function stopOnSignal(log: Log, end: () => Promise<unknown>): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    end().then(() => process.exit(0), failWith);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}
