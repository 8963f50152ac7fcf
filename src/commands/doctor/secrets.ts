import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, Mode } from '../../config.ts';
import type { Db } from '../../platform/database/database.ts';
import {
  type Encryption,
  type MasterKey,
  createEncryption,
  parseMasterKeys,
} from '../../platform/encryption.ts';
import { type Report, messageOf } from './finding.ts';
import { type SealedRow, readKeyIds, readSealed } from './store.ts';

/** The ring as a start would find it; null when there is none, or it cannot be read. */
export async function readRing(config: Config, mode: Mode, report: Report): Promise<MasterKey[] | null> {
  const text = config.masterKey ?? (mode === 'development' ? await readKeyFile(config, report) : null);
  if (text === null) return null;
  try {
    const keys = parseMasterKeys(text);
    report('ok', `The master key ring has ${keys.map(({ id }) => id).join(', ')}.`);
    return keys;
  } catch (error) {
    report('error', `The master key cannot be read: ${messageOf(error)}`);
    return null;
  }
}

async function readKeyFile({ dataDirectory }: Config, report: Report): Promise<string | null> {
  const file = join(dataDirectory, 'master.key');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      report('note', `There is no ${file} yet. The first start in development makes it.`);
    else report('error', `${file} cannot be read (${code}). Run Doorwright as the user that it belongs to.`);
    return null;
  }
}

/** Opens a stored value of each kind: a ring of the right ids may still hold the wrong keys. */
export async function checkSealed(db: Db, ring: MasterKey[], report: Report): Promise<void> {
  const encryption = createEncryption(ring);
  const has = new Set(ring.map(({ id }) => id));
  const missing = (await readKeyIds(db)).map(({ id }) => id).filter((id) => !has.has(id));
  if (missing.length > 0) {
    report(
      'error',
      `Stored secrets are sealed with the master key ${missing.join(', ')}, which is not in DOORWRIGHT_MASTER_KEY. Add it after the present one.`,
    );
  }
  const rows = (await readSealed(db)).filter(({ sealed }) => has.has(keyIdOf(sealed)));
  const closed = rows.filter((row) => !opens(encryption, row));
  if (closed.length > 0) {
    const kinds = closed.map(({ kind, sealed }) => `${kind} (${keyIdOf(sealed)})`).join(', ');
    report(
      'error',
      `The master key has the right name and the wrong bytes: it does not open ${kinds}. Put the key back that was in use when they were stored.`,
    );
  } else if (rows.length > 0)
    report('ok', `The master key opens ${rows.map(({ kind }) => kind).join(', ')}.`);
  else if (missing.length === 0)
    report('note', 'Nothing is sealed yet, so the master key could not be tried.');
}

const keyIdOf = (sealed: Buffer): string => sealed.subarray(2, 2 + (sealed[1] ?? 0)).toString();

function opens(encryption: Encryption, { sealed, identity }: SealedRow): boolean {
  try {
    encryption.open(sealed, identity);
    return true;
  } catch {
    return false;
  }
}
