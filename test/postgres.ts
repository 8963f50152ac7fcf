import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { afterAll, beforeAll, inject, vi } from 'vitest';
import { type Database, openDatabase } from '../src/platform/database/database.ts';

/** How tests reach the PostgreSQL of the run. */
export interface TestPostgres {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export const templateDatabase = 'doorwright_template';

export interface TestDatabase {
  connection: TestPostgres;
  drop(): Promise<void>;
}

/** A database of one's own, with the schema and nothing else. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`template ${templateDatabase}`);
}

/** A database without even a schema, for tests of migrations. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template template0');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const postgres = inject('postgres');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new Pool({ ...postgres, max: 1 });
  await admin.query(`create database ${name} ${template} strategy file_copy`);
  await admin.end();
  return {
    connection: { ...postgres, database: name },
    drop: async () => {
      const dropper = new Pool({ ...postgres, max: 1 });
      // A vacuum of the server's own may be at work in it, which only a superuser may end: it is soon done.
      await vi.waitFor(() => dropper.query(`drop database if exists ${name} with (force)`), {
        timeout: 20_000,
        interval: 200,
      });
      await dropper.end();
    },
  };
}

/**
 * Opens a database for the tests of one file, as the product opens its own.
 * @returns it, from the first test or `beforeAll` on
 */
export function useDatabase(make: () => Promise<TestDatabase>): { readonly database: Database } {
  let made: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    made = await make();
    database = openDatabase({
      connection: made.connection,
      isDirect: true,
      poolSize: 4,
      onPoolError: () => undefined,
    });
  });
  afterAll(async () => {
    await database.close();
    await made.drop();
  });
  return {
    get database() {
      return database;
    },
  };
}

/**
 * Sessions of a test's own in the database of a server. `end` of a pool does not wait until the server has heard of it,
 * and one that is cut off as the database is dropped would end the tests: nobody needs to hear of that.
 */
export function openSessions(database: { pool: Pool }, max: number): Pool {
  const { host, port, user, password, database: name } = database.pool.options;
  const sessions = new Pool({ host, port, user, password, database: name, max });
  sessions.on('error', () => undefined);
  sessions.on('connect', (session) => session.on('error', () => undefined));
  return sessions;
}
