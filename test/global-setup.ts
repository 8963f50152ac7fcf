import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate, readMigrations } from '../src/platform/database/migrate.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres/index.ts';
import { createLog } from '../src/platform/log.ts';
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
  return async () => {
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
}
