// A PostgreSQL of the machine and a pgbouncer before it, run by a test in a folder of their own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import { vi } from 'vitest';
import { findFreePort } from '../free-port.ts';
import type { TestPostgres } from '../postgres.ts';

const execute = promisify(execFile);
const debian = '/usr/lib/postgresql';
const password = 'only-for-this-test';
const user = 'doorwright';

/** The folder of the oldest PostgreSQL server here that Doorwright supports, or null. */
export function findPostgres(): string | null {
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => Number(name) >= 15) : [];
  const folders = versions.sort((a, b) => Number(a) - Number(b)).map((name) => join(debian, name, 'bin'));
  // Its client makes such a folder too, without a server in it.
  return folders.find((folder) => isExecutable(join(folder, 'initdb'))) ?? null;
}

/** The path of pgbouncer, or null. */
export function findPgbouncer(): string | null {
  return ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Both refuse to run as root: then they run as `nobody`. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** True when a statement is answered. */
async function isAnswering(connection: TestPostgres): Promise<boolean> {
  const pool = new Pool({ ...connection, max: 1, connectionTimeoutMillis: 1_000 });
  pool.on('error', () => undefined);
  try {
    await pool.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await pool.end();
  }
}

async function waitUntilAnswering(connection: TestPostgres, child: ChildProcess): Promise<void> {
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
      if (!(await isAnswering(connection))) throw new Error('it does not answer');
    },
    { timeout: 20_000, interval: 50 },
  );
}

export class PostgresServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'doorwright-pg-'));
  readonly connection: TestPostgres;
  readonly #programs: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;

  private constructor(programs: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#programs = programs;
    this.#settings = settings;
    this.connection = { host: '127.0.0.1', port, user, password, database: 'postgres' };
  }

  /** Makes and starts a server whose log holds every statement. */
  static async start(
    programs: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<PostgresServer> {
    const server = new PostgresServer(programs, await findFreePort(), settings);
    const { folder } = server;
    if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
    writeFileSync(join(folder, 'password'), password, { mode: 0o644 });
    const initdb = ['-D', join(folder, 'data'), '-U', user, '--pwfile', join(folder, 'password')];
    const options = ['-A', 'scram-sha-256', '-E', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'];
    await execute(join(programs, 'initdb'), [...initdb, ...options], { cwd: folder, ...account });
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const settings = {
      port: String(this.connection.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.folder,
      fsync: 'off',
      log_statement: 'all',
      log_line_prefix: '%a|%d|',
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log = openSync(join(this.folder, 'log'), 'a');
    // A killed server's own processes may take a moment to see it: then another try succeeds.
    await vi.waitFor(
      async () => {
        const child = spawn(join(this.#programs, 'postgres'), ['-D', join(this.folder, 'data'), ...args], {
          cwd: this.folder,
          stdio: ['ignore', log, log],
          ...account,
        });
        this.#child = child;
        await waitUntilAnswering(this.connection, child);
      },
      { timeout: 30_000, interval: 50 },
    );
  }

  /** `kill -9` of the server. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  }

  /** Everything that was logged for sessions whose name begins so: `name|database|...`. */
  statementsOf(application: string): string[] {
    const lines = readFileSync(join(this.folder, 'log'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith(application));
  }

  /** A database of its own, empty. */
  async makeDatabase(name: string): Promise<TestPostgres> {
    const pool = new Pool({ ...this.connection, max: 1 });
    await pool.query(`create database ${name}`);
    await pool.end();
    return { ...this.connection, database: name };
  }
}

export class Pgbouncer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'doorwright-pgbouncer-'));
  readonly #child: ChildProcess;

  private constructor(program: string, port: number, server: TestPostgres) {
    this.port = port;
    const users = join(this.#folder, 'users');
    const settings = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'scram-sha-256',
      auth_file: users,
      pool_mode: 'transaction',
      // Fewer than the clients, so that transactions of one client meet different sessions.
      default_pool_size: 4,
      // As docs/self-hosting/postgresql.md says.
      max_client_conn: 200,
      query_wait_timeout: 5,
      server_login_retry: 1,
      logfile: join(this.#folder, 'log'),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    const file = join(this.#folder, 'pgbouncer.ini');
    const target = `* = host=${server.host} port=${server.port}`;
    writeFileSync(file, ['[databases]', target, '[pgbouncer]', ...lines, ''].join('\n'));
    writeFileSync(users, `"${user}" "${password}"\n`);
    if (account.uid !== undefined) chownSync(this.#folder, account.uid, account.gid);
    this.#child = spawn(program, ['-q', file], { cwd: this.#folder, stdio: 'ignore', ...account });
  }

  /** Starts one in transaction mode before a server. */
  static async start(program: string, server: TestPostgres): Promise<Pgbouncer> {
    const bouncer = new Pgbouncer(program, await findFreePort(), server);
    await waitUntilAnswering({ ...server, port: bouncer.port }, bouncer.#child);
    return bouncer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** As DATABASE_URL takes it. */
export function urlOf({ host, port, database, user, password }: TestPostgres): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}`;
}
