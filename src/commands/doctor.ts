import { type Command, Option } from 'commander';
import type { Config, Mode } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { type OutboundFetch, createOutboundFetch } from '../platform/outbound-fetch/index.ts';
import type { MasterKey } from '../platform/encryption.ts';
import type { Looked } from './doctor/answers.ts';
import { checkAdvice, checkNames, checkValues } from './doctor/configuration.ts';
import { checkClock, checkSchema, reachDatabase } from './doctor/database.ts';
import { checkSignIns, checkSigners } from './doctor/environments.ts';
import { type Finding, type Level, createFindings } from './doctor/finding.ts';
import { checkDataDirectory, checkNode, checkPort, checkThreads } from './doctor/machine.ts';
import { checkExternalUrl, checkMail } from './doctor/outside.ts';
import { checkSealed, readRing } from './doctor/secrets.ts';
import { type SigningRow, readEndpoints, readSignIns, readSigners } from './doctor/store.ts';
import { checkEndpoints } from './doctor/webhooks.ts';
import { printResult } from './output.ts';

interface DoctorOptions {
  mode?: Mode;
  json?: boolean;
}

type Findings = ReturnType<typeof createFindings>;

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what is wrong with this installation, and what to do; starts and changes nothing')
    .addOption(
      new Option(
        '--mode <mode>',
        'what it is to run as; production where a master key or external URL is set',
      ).choices(['development', 'production']),
    )
    .option('--json', 'print JSON')
    .action(examine);
}

async function examine(options: DoctorOptions): Promise<void> {
  const mode = options.mode ?? guessMode();
  const findings = createFindings();
  // Our own address may be a private one.
  const http = createOutboundFetch({ allowLoopback: true, allowedNetworks: ['0.0.0.0/0', '::/0'] });
  try {
    await lookAround({ mode, findings, http });
  } finally {
    await http.close();
  }
  const isBroken = findings.all.some(({ level }) => level === 'error');
  const result = { ok: !isBroken, mode, findings: findings.all };
  printResult(options.json ?? false, result, describe(findings.all));
  if (isBroken) process.exitCode = 1;
}

const guessMode = (): Mode =>
  process.env['DOORWRIGHT_MASTER_KEY'] || process.env['DOORWRIGHT_EXTERNAL_URL']
    ? 'production'
    : 'development';

async function lookAround({
  mode,
  findings,
  http,
}: {
  mode: Mode;
  findings: Findings;
  http: OutboundFetch;
}): Promise<void> {
  let config: Config | undefined;
  await findings.run('node', checkNode);
  await findings.run('configuration', (report) => {
    checkNames(process.env, report);
    config = checkValues(process.env, mode, report);
    checkAdvice(config, mode, report);
    const { all } = findings;
    if (!all.some(({ check }) => check === 'configuration')) report('ok', `Complete for ${mode}.`);
  });
  if (!config) return;
  const known = config;
  await findings.run('threads', (report) => checkThreads(known, report));
  await findings.run('data directory', (report) => checkDataDirectory(known, report));
  const database = await lookIntoDatabase(known, mode, findings);
  await findings.run('port', (report) => checkPort(known, { http, database }, report));
  await findings.run('mail', (report) => checkMail(known, report));
  await findings.run('external URL', (report) => checkExternalUrl(known, { http, database }, report));
}

async function lookIntoDatabase(config: Config, mode: Mode, findings: Findings): Promise<Looked> {
  let database: Database | 'not running' | 'unusable' = 'unusable';
  let ring: MasterKey[] | null = null;
  await findings.run('master key', async (report) => {
    ring = await readRing(config, mode, report);
  });
  await findings.run('database', async (report) => {
    database = await reachDatabase(config, report);
  });
  if (typeof database === 'string') return { state: database, signers: [] };
  return { state: 'reached', signers: await lookAtRows(database, { config, mode, ring, findings }) };
}

async function lookAtRows(
  database: Database,
  {
    config,
    mode,
    ring,
    findings,
  }: { config: Config; mode: Mode; ring: MasterKey[] | null; findings: Findings },
): Promise<readonly SigningRow[]> {
  let signers: readonly SigningRow[] = [];
  let isCurrent = false;
  try {
    await findings.run('migrations', async (report) => {
      isCurrent = await checkSchema(database, report);
    });
    await findings.run('clock', (report) => checkClock(database, systemClock, report));
    if (!isCurrent) return [];
    if (ring) await findings.run('stored secrets', (report) => checkSealed(database, ring, report));
    await findings.run('environments', async (report) => {
      checkSignIns(await readSignIns(database), mode, report);
    });
    await findings.run('signing keys', async (report) => {
      signers = await readSigners(database);
      checkSigners(signers, systemClock, report);
    });
    await findings.run('webhooks', async (report) => {
      await checkEndpoints(await readEndpoints(database), { rules: config, mode }, report);
    });
    return signers;
  } finally {
    await database.close();
  }
}

const marks: Record<Level, string> = { ok: 'ok', note: 'note', warning: 'WARNING', error: 'ERROR' };

function describe(findings: readonly Finding[]): string {
  const lines = findings.map(
    ({ check, level, message }) => `${marks[level].padEnd(8)} ${check.padEnd(15)} ${message}`,
  );
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const words = errors + warnings === 0 ? 'Nothing is wrong.' : `${errors} errors, ${warnings} warnings.`;
  return [...lines, '', words].join('\n');
}
