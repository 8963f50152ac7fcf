import {
  DatabaseError,
  Pool,
  type PoolClient,
  type PoolConfig,
  type QueryResult,
  type CustomTypesConfig,
  types as pgTypes,
} from 'pg';
import { unavailable } from '../errors.ts';
import { flushTogether } from './flush.ts';
import { openLanes } from './lanes.ts';
import { type SentStatement, runStatement } from './named-query.ts';
import { type Sql, toStatement } from './sql.ts';

/** What statements can be run on: the pool, or one transaction. */
export interface Db {
  /** All rows. */
  many<Row>(query: Sql): Promise<Row[]>;
  /** The only row; an assertion error when there is none or more than one. */
  one<Row>(query: Sql): Promise<Row>;
  /** The only row or null. */
  maybeOne<Row>(query: Sql): Promise<Row | null>;
  /** Runs a statement for its effect; returns the number of rows it touched. */
  run(query: Sql): Promise<number>;
}

export interface DatabaseOptions {
  /** `postgres://...`, or what `pg` takes for a unix socket. */
  connection: PoolConfig;
  /** True when no pooler stands between: statements are then prepared by name. */
  isDirect: boolean;
  poolSize: number;
  /** How long one statement may take, 20 seconds unless told; null for work on whole tables. */
  queryTimeoutMs?: number | null;
  onPoolError(error: Error): void;
}

/** What the sessions of every Doorwright are called in `pg_stat_activity`. */
export const applicationName = 'doorwright';

/** The pool of connections of one process. */
export interface Database extends Db {
  readonly pool: Pool;
  /**
   * Runs `work` in one transaction; rolls back when it throws.
   * @param last what is written after it and leaves with the commit: nobody waits for the answers, an error undoes all
   */
  transaction<Value>(
    work: (db: Db) => Promise<Value>,
    last?: (value: Value) => readonly Sql[],
  ): Promise<Value>;
  /** Runs one statement that writes, and commits by itself; all its rows. */
  autocommit<Row>(query: Sql): Promise<Row[]>;
  /** Called after each commit that added jobs. */
  readonly jobListeners: Set<() => void>;
  /** Called after each commit that wrote events, with the environments that they are of. */
  readonly eventListeners: Set<(environmentIds: ReadonlySet<string>) => void>;
  close(): Promise<void>;
}

/** Connections that readers share. */
const laneCount = 3;

const timestamptzOid = 1184;
const int8Oid = 20;

/** Timestamps are wire text everywhere (ISO 8601, UTC, milliseconds): a row goes to the response as it is. */
function readTimestamp(text: string): string {
  // '2026-01-15 12:00:00.123+00': the shape a UTC session prints
  if (text.endsWith('+00') && text.length >= 22) {
    const fraction = text.length === 22 ? '.000' : text.slice(19, -3).padEnd(4, '0').slice(0, 4);
    return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction}Z`;
  }
  return new Date(text).toISOString();
}

const types: CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') => {
    if (oid === timestamptzOid) return readTimestamp;
    if (oid === int8Oid) return Number;
    return pgTypes.getTypeParser(oid, format);
  }) as typeof pgTypes.getTypeParser,
};

/** Opens the pool. No connection is made before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const timeoutMs = options.queryTimeoutMs === null ? 0 : (options.queryTimeoutMs ?? 20_000);
  const pool = new Pool({
    ...options.connection,
    max: options.poolSize,
    types,
    pipeline: true,
    // Also the wait for a free one. A request can wait for two, one after the other, and is answered within 6 s.
    connectionTimeoutMillis: 2_500,
    idleTimeoutMillis: 60_000,
    query_timeout: timeoutMs,
    // The server gives up too, so that what nobody waits for holds no locks. A pooler refuses the parameter.
    ...(options.isDirect ? { statement_timeout: timeoutMs } : {}),
    application_name: applicationName,
  } as PoolConfig);
  let isClosing = false;
  // A server that stops may cut off what is about to end by itself: no news then.
  pool.on('error', (error) => {
    if (!isClosing) options.onPoolError(error);
  });
  // The pool listens to idle connections only. One that is lost between two statements of a transaction would end the
  // process; heard here, it fails the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const { isDirect } = options;
  // A pooler may hand each statement to another server: only direct connections are shared.
  const lanes = isDirect ? openLanes(pool, Math.min(laneCount, Math.floor(options.poolSize / 2))) : null;
  return {
    ...createDb((statement) => (lanes ? lanes.execute(statement) : pool.query(statement)), isDirect),
    pool,
    jobListeners: new Set(),
    eventListeners: new Set(),
    transaction: (work, last) => runTransaction(pool, isDirect, { work, last: last ?? (() => []) }),
    autocommit: createDb((statement) => runAlone(pool, statement), isDirect).many,
    close: () => {
      isClosing = true;
      lanes?.close();
      return pool.end();
    },
  };
}

type Execute = (statement: SentStatement) => Promise<QueryResult>;

function createDb(execute: Execute, isNamed: boolean): Db {
  const query = async (template: Sql): Promise<QueryResult> => {
    const { text, values, name } = toStatement(template);
    try {
      return await execute(isNamed ? { name, text, values } : { text, values });
    } catch (error) {
      // Else it would lead to the socket, not to who asked.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw asUnavailable(error);
    }
  };
  const many = async <Row>(template: Sql): Promise<Row[]> => (await query(template)).rows as Row[];
  const maybeOne = async <Row>(template: Sql): Promise<Row | null> => {
    const rows = await many<Row>(template);
    if (rows.length > 1) throw new Error(`expected at most one row, got ${rows.length}`);
    return rows[0] ?? null;
  };
  return {
    many,
    maybeOne,
    async one<Row>(template: Sql) {
      const row = await maybeOne<Row>(template);
      if (row === null) throw new Error('expected one row, got none');
      return row;
    },
    run: async (template) => (await query(template)).rowCount ?? 0,
  };
}

function connect(pool: Pool): Promise<PoolClient> {
  return pool.connect().catch((error: Error) => {
    throw unavailable(`database: ${error.message}`);
  });
}

async function runAlone(pool: Pool, statement: SentStatement): Promise<QueryResult> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    flushTogether(client);
    return await runStatement(client, statement);
  } catch (error) {
    if (isLost(error)) broken = error;
    throw error;
  } finally {
    client.release(broken);
  }
}

interface Work<Value> {
  work: (db: Db) => Promise<Value>;
  last: (value: Value) => readonly Sql[];
}

async function runTransaction<Value>(
  pool: Pool,
  isNamed: boolean,
  { work, last }: Work<Value>,
): Promise<Value> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    // Not awaited: the connection is pipelined, so `begin` travels with the first statement.
    flushTogether(client);
    const begun = client.query('begin');
    begun.catch(() => undefined);
    const execute: Execute = (statement) => {
      flushTogether(client);
      return runStatement(client, statement).catch((error: Error) => {
        // A rollback would wait behind the statement that nobody answers.
        if (isLost(error)) broken = error;
        throw error;
      });
    };
    const db = createDb(execute, isNamed);
    const value = await work(db);
    await begun;
    // Not awaited: the commit leaves with them, and PostgreSQL takes it for a rollback when one of them has failed.
    const written = Promise.all(last(value).map(db.run));
    const [sent, committed] = await Promise.allSettled([written, commit(client)]);
    if (sent.status === 'rejected') throw sent.reason;
    if (committed.status === 'rejected') {
      broken = committed.reason as Error;
      throw asUnavailable(broken);
    }
    return value;
  } catch (error) {
    if (!broken) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

async function commit(client: PoolClient): Promise<void> {
  flushTogether(client);
  const { command } = await client.query('commit');
  // PostgreSQL answers `commit` after a failed statement with a rollback, and no error.
  if (command !== 'COMMIT')
    throw new Error('the transaction was rolled back: a failed statement was ignored');
}

/** SQLSTATE classes and socket errors that mean "the database is away or too slow", not "the statement is wrong". */
const outageStates = /^(08|57P0|57014|53)/;

/** 503 for an outage, any other error as it is. */
function asUnavailable(error: unknown): unknown {
  return isOutage(error) ? unavailable(`database: ${error.message}`) : error;
}

function isOutage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    outageStates.test(code) ||
    code.startsWith('ECONN') ||
    ['ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/i.test(
      error.message,
    )
  );
}

/** True when the connection is of no more use: a server that lacks room or time for a statement has answered it. */
const isLost = (error: unknown): error is Error =>
  isOutage(error) && !(error instanceof DatabaseError && /^(53[12]|57014)/.test(error.code ?? ''));

/** The name of the constraint that a unique violation names; null for any other error. */
export function violatedConstraint(error: unknown): string | null {
  return error instanceof DatabaseError && error.code === '23505' ? (error.constraint ?? null) : null;
}

/** True when a statement named a row of another table that does not exist. */
export function violatedForeignKey(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23503';
}

/** True when the transaction lost a race and would succeed when run again (40001, 40P01). */
export function isRetryable(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '40001' || error.code === '40P01');
}
