/**
 * How the embedded server is set. All of it goes on the command line, so that an old postgresql.conf can't win.
 * The aim is a server which idles below 30 MB and never loses an acknowledged row.
 */
const SETTINGS: readonly (readonly [name: string, value: string, reason: string])[] = [
  // Who gets in.
  ['listen_addresses', '', 'the unix socket only: no port, no other machine'],
  ['port', '5432', 'no port is opened: it is part of the name of the socket file'],
  [
    'unix_socket_permissions',
    '0700',
    'besides the password, only the user it runs as (and root) may connect',
  ],
  ['password_encryption', 'scram-sha-256', 'the only method pg_hba.conf accepts'],
  // What an acknowledged commit means. All are defaults, stated so that no configuration file weakens them.
  ['fsync', 'on', 'a commit is on the disk'],
  ['full_page_writes', 'on', 'a page half written at a power failure is repaired'],
  ['synchronous_commit', 'on', 'a commit is on the disk before it is acknowledged'],
  // Memory and processes.
  [
    'shared_buffers',
    '64MB',
    'half the default: the rest of the working set is in the page cache once, not twice',
  ],
  ['maintenance_work_mem', '32MB', 'bounds what one vacuum or index build takes'],
  ['max_connections', '100', 'room for a pool per worker, jobs, and an operator'],
  [
    'io_method',
    'sync',
    'the default starts three reader processes; a small database lives in the page cache',
  ],
  ['max_worker_processes', '0', 'no extension workers, no parallel query'],
  ['max_parallel_workers_per_gather', '0', 'statements here take less time than starting a worker'],
  ['max_parallel_maintenance_workers', '0', 'as above, for index builds'],
  ['max_logical_replication_workers', '0', 'nothing replicates from here: saves the launcher process'],
  ['max_wal_senders', '0', 'as above; needed by wal_level=minimal'],
  ['max_replication_slots', '0', 'as above: a forgotten slot would keep log files until the disk is full'],
  ['wal_level', 'minimal', 'recovery after a crash is all the log is for: less of it'],
  ['autovacuum_worker_slots', '2', 'slots cost shared memory'],
  ['autovacuum_max_workers', '2', 'one for the busy table, one for the others'],
  ['jit', 'off', 'compiling costs more than short statements take, and loads the compiler'],
  ['huge_pages', 'off', 'no gain at this size, and a failure where they are reserved for somebody else'],
  // Recovery within ten seconds of a crash: half the default distance between checkpoints.
  ['max_wal_size', '512MB', 'bounds what is replayed after a crash'],
  ['min_wal_size', '64MB', 'a quiet installation keeps four log segments, not five'],
  // Meaning of data.
  ['timezone', 'UTC', 'times read the same on every machine'],
  ['log_timezone', 'UTC', 'as above'],
  ['lc_messages', 'C', 'we read the log for the reason of a failed start'],
  ['random_page_cost', '1.1', 'disks are solid state; the default is for spinning ones'],
  // The server log is a file nobody rotates while it runs: only what an operator needs, and no personal data.
  ['log_destination', 'stderr', 'we give it the file'],
  ['logging_collector', 'off', 'saves a process'],
  ['log_min_messages', 'log', 'starts, stops and crashes; errors of statements are in our own log'],
  ['log_error_verbosity', 'terse', 'details hold the values of rows'],
  ['log_statement', 'none', 'statements hold the values of rows'],
  ['log_checkpoints', 'off', 'they are not news'],
  ['log_line_prefix', '%m [%p] ', 'time and process'],
  ['cluster_name', 'doorwright', 'shows in the process list'],
];

/**
 * @param socketDirectory absolute path
 * @param extra settings that win over ours, such as `fsync=off` in tests
 * @returns arguments for `postgres`
 */
export function settingArguments(
  socketDirectory: string,
  extra: Readonly<Record<string, string>> = {},
): string[] {
  const chosen = new Map(SETTINGS.map(([name, value]) => [name, value]));
  // A list in PostgreSQL's eyes: quoted, a path may hold a comma or a space.
  chosen.set('unix_socket_directories', `"${socketDirectory.replaceAll('"', '""')}"`);
  for (const [name, value] of Object.entries(extra)) chosen.set(name, value);
  return [...chosen].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
