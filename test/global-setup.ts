import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Pool } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate, readMigrations } from '../src/platform/database/migrate.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres/index.ts';
import { createLog } from '../src/platform/log.ts';
import { everyOperation } from '../scripts/generate/openapi.ts';
import { judgeOutcomes, readOutcomes } from './outcomes/judge.ts';
import { type TestPostgres, templateDatabase } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestPostgres;
  }
}

/** One PostgreSQL for the whole run, with a migrated template that each test file copies. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'doorwright-test-'));
  const log = createLog('error', { write: (line) => void process.stderr.write(line) });
  // Durability has suites of its own, which run the product as it is.
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
  };
  const postgres = await startEmbeddedPostgres({ dataDirectory, settings, log });
  const admin = new Pool(postgres.connection);
  await admin.query(`create database ${templateDatabase}`);
  await admin.end();
  const template = new Pool({ ...postgres.connection, database: templateDatabase });
  await migrate(template, await readMigrations(new URL('../migrations', import.meta.url).pathname), log);
  await template.end();
  project.provide('postgres', postgres.connection);
  const outcomes = await mkdtemp(join(tmpdir(), 'doorwright-outcomes-'));
  project.provide('outcomes', outcomes);
  return async () => {
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
    try {
      judgeRun(project, outcomes);
    } finally {
      await rm(outcomes, { recursive: true, force: true });
    }
  };
}

/** After a run of every test: each operation was seen to succeed, to refuse bad input, a missing key and a foreign id. */
function judgeRun({ vitest }: TestProject, outcomes: string): void {
  const ran = new Set(vitest.state.getPaths());
  const isWhole = ['src', 'test/contract']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true }).map((path) => resolve(folder, String(path))),
    )
    .filter((path) => path.endsWith('.test.ts'))
    .every((path) => ran.has(path));
  if (!isWhole || vitest.config.testNamePattern || vitest.state.getCountOfFailedTests() > 0) return;
  const missing = judgeOutcomes(everyOperation(), readOutcomes(outcomes));
  if (missing.length === 0) return;
  process.stderr.write(`${missing.join('\n')}\n`);
  // An error thrown here would be printed, and the run would end well all the same.
  process.exitCode = 1;
}
