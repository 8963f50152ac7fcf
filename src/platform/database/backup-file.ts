/**
 * The file of a backup: gzip, within it lines of UTF-8.
 *
 * The first line is the header, an object. Then, for each table, a line `{"table": name}` and a line for each row: an
 * array with the text that PostgreSQL prints for each column, or null. The last line is the trailer: rows of each
 * table, and the SHA-256 of every byte before it. A file that was cut off or changed does not pass.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { finished, pipeline } from 'node:stream/promises';
import { pipeline as pipe } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';

export const backupFormatVersion = 1;

const NamedRows = z.record(z.string(), z.int().nonnegative());

const Header = z.object({
  format: z.literal('doorwright-backup'),
  version: z.int(),
  doorwright: z.string(),
  created_at: z.string(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /** The master keys that values in the rows are sealed with. Their ids, never the keys. */
  key_ids: z.array(z.string()),
  /** Months (`2026-01`) whose events have a partition. */
  event_months: z.array(z.string()),
  sequences: z.array(z.object({ name: z.string(), last_value: z.string(), is_called: z.boolean() })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
});
export type BackupHeader = z.infer<typeof Header>;

const Trailer = z.object({ rows: NamedRows, sha256: z.string() });

/** A file that is no backup or not a whole one, or that could not be written. Nothing was touched. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** What a backup is written to. `writeRows` takes the lines of rows of the table begun last. */
export interface BackupSink {
  beginTable(name: string): Promise<void>;
  writeRows(lines: readonly string[]): Promise<void>;
}

export interface WrittenBackup {
  bytes: number;
  rows: Record<string, number>;
}

// Level 1 takes half the time of the default for files a tenth bigger; reading the database is then the slower half.
const compressionLevel = 1;
const chunkBytes = 262_144;

/**
 * Writes a backup beside `path` and puts it in place, readable by its owner only, when it is whole and on the disk.
 * @throws BackupError when the disk is full or does not take it, else what `write` throws; then there is no file, and an
 *   older one is as it was
 */
export async function writeBackupFile(
  path: string,
  header: BackupHeader,
  write: (sink: BackupSink) => Promise<void>,
): Promise<WrittenBackup> {
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'wx', 0o600).catch((error: unknown) => {
    throw notWritten(path, error);
  });
  let diskError: unknown;
  try {
    const gzip = createGzip({ level: compressionLevel, chunkSize: chunkBytes });
    const target = file.createWriteStream({ flush: true });
    // The writer hears only that its stream has ended.
    target.once('error', (error) => (diskError = error));
    const writing = pipeline(gzip, target);
    // Noticed below, by the writer that waits for it.
    writing.catch(() => undefined);
    const rows = await writeLines(gzip, header, write);
    gzip.end();
    await Promise.all([writing, finished(gzip)]);
    const { size } = await stat(partial);
    await rename(partial, path);
    return { bytes: size, rows };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw notWritten(path, diskError ?? error);
  }
}

/** Why a file could not be written, for whoever asked for it. Errors of other things stay as they are. */
function notWritten(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : '';
  const reason = obstacles[code];
  if (reason === undefined) return error;
  return new BackupError(
    `The backup could not be written to ${path}: ${reason} (${code}). There is no new file, and an older one is as it was.`,
    { cause: error },
  );
}

const obstacles: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
  EFBIG: 'its disk takes no file of that size',
  EIO: 'its disk fails',
  EROFS: 'its disk is mounted read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'that is a folder',
};

async function writeLines(
  gzip: ReturnType<typeof createGzip>,
  header: BackupHeader,
  write: (sink: BackupSink) => Promise<void>,
): Promise<Record<string, number>> {
  const hash = createHash('sha256');
  const rows: Record<string, number> = {};
  let table = '';
  const put = async (text: string): Promise<void> => {
    hash.update(text);
    await new Promise<void>((resolve, reject) => {
      gzip.write(text, (error) => (error ? reject(error) : resolve()));
    });
  };
  await put(`${JSON.stringify(header)}\n`);
  await write({
    beginTable: (name) => {
      table = name;
      rows[name] = 0;
      return put(`${JSON.stringify({ table: name })}\n`);
    },
    writeRows: (lines) => {
      rows[table] = (rows[table] ?? 0) + lines.length;
      return put(`${lines.join('\n')}\n`);
    },
  });
  await put(`${JSON.stringify({ rows, sha256: hash.copy().digest('hex') })}\n`);
  return rows;
}

/** Rows of one table, as they stand in the file. */
export interface BackupBatch {
  table: string;
  rows: string[];
}

/**
 * Reads the header alone.
 * @throws BackupError for a file that is no backup, or of a version that this program does not know
 */
export async function readBackupHeader(path: string): Promise<BackupHeader> {
  for await (const [first] of readLines(path)) return parseHeader(path, first ?? '');
  throw new BackupError(`${path} is empty.`);
}

/**
 * Reads all rows in pieces of about 256 KB; the end of the file is compared with the trailer.
 * @throws BackupError when the file is damaged: after batches that were handed out already, so use `verifyBackup` first
 */
export async function* readBackupRows(path: string): AsyncGenerator<BackupBatch> {
  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  let table: string | null = null;
  let trailer: string | null = null;
  for await (const piece of readLines(path)) {
    if (trailer !== null) throw damaged(path, 'it goes on after its end');
    const { lines, end } = cutTrailer(path, piece);
    trailer = end;
    if (lines.length > 0) hash.update(`${lines.join('\n')}\n`);
    for (const batch of splitTables(path, lines, table)) {
      table = batch.table;
      counts[table] = (counts[table] ?? 0) + batch.rows.length;
      yield batch;
    }
  }
  if (trailer === null) throw damaged(path, 'its end is missing');
  compareTrailer(path, trailer, { rows: counts, sha256: hash.digest('hex') });
}

function cutTrailer(path: string, lines: string[]): { lines: string[]; end: string | null } {
  const at = lines.findIndex((line) => line.startsWith('{"rows":'));
  if (at === -1) return { lines, end: null };
  if (at !== lines.length - 1) throw damaged(path, 'it goes on after its end');
  return { lines: lines.slice(0, -1), end: lines.at(-1) ?? null };
}

/** Splits lines where tables begin. Before the first one stands the header, which belongs to none. */
function* splitTables(
  path: string,
  lines: readonly string[],
  current: string | null,
): Generator<BackupBatch> {
  let table = current;
  let start = 0;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('[')) continue;
    if (table !== null) yield { table, rows: lines.slice(start, index) };
    if (!line.startsWith('{"format":')) table = parseTable(path, line);
    start = index + 1;
  }
  if (table !== null) yield { table, rows: lines.slice(start) };
}

/**
 * Reads the whole file without using it.
 * @returns its header and the number of rows of each table
 * @throws BackupError when it is no backup, damaged or cut off
 */
export async function verifyBackup(
  path: string,
): Promise<{ header: BackupHeader; rows: Record<string, number> }> {
  const header = await readBackupHeader(path);
  const rows = Object.fromEntries(header.tables.map(({ name }) => [name, 0]));
  for await (const batch of readBackupRows(path)) {
    rows[batch.table] = (rows[batch.table] ?? 0) + batch.rows.length;
  }
  return { header, rows };
}

async function* readLines(path: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  // The callback's error reaches the loop below too.
  const chunks = pipe(source, createGunzip({ chunkSize: chunkBytes }), () => undefined);
  let rest = '';
  try {
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw asBackupError(path, error);
  }
  if (rest !== '') throw damaged(path, 'its last line is cut off');
}

function asBackupError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return new BackupError(`There is no file ${path}.`);
  if (code === 'Z_BUF_ERROR') return damaged(path, 'it is cut off');
  if (code === 'Z_DATA_ERROR' && /header check/.test(String(error))) {
    return new BackupError(`${path} is not a backup that \`doorwright backup\` made.`);
  }
  if (code.startsWith('Z_') || code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return damaged(path, 'its content is not what was written');
  }
  return error;
}

const damaged = (path: string, reason: string): BackupError =>
  new BackupError(`${path} is damaged: ${reason}. Nothing was changed; use another copy.`);

function parseHeader(path: string, line: string): BackupHeader {
  const parsed = Header.safeParse(parseJson(line));
  if (!parsed.success) {
    throw new BackupError(`${path} is not a backup that \`doorwright backup\` made.`);
  }
  const { version, doorwright } = parsed.data;
  if (version !== backupFormatVersion) {
    throw new BackupError(
      `${path} was made by Doorwright ${doorwright} in format ${version}; this program reads format ${backupFormatVersion}.`,
    );
  }
  return parsed.data;
}

function parseTable(path: string, line: string): string {
  const parsed = z.object({ table: z.string() }).safeParse(parseJson(line));
  if (!parsed.success) throw damaged(path, 'a line is no table and no row');
  return parsed.data.table;
}

function compareTrailer(path: string, line: string, found: z.infer<typeof Trailer>): void {
  const parsed = Trailer.safeParse(parseJson(line));
  if (!parsed.success) throw damaged(path, 'its end is not readable');
  const { rows, sha256 } = parsed.data;
  const names = new Set([...Object.keys(rows), ...Object.keys(found.rows)]);
  const short = [...names].find((name) => rows[name] !== found.rows[name]);
  if (short !== undefined) {
    throw damaged(path, `table ${short} has ${found.rows[short] ?? 0} of ${rows[short] ?? 0} rows`);
  }
  if (sha256 !== found.sha256) throw damaged(path, 'its checksum does not match');
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
