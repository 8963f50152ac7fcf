import { type Encryption, EncryptionError } from '../../platform/encryption.ts';

interface SealedSecrets {
  id: string;
  secret_sealed: Buffer;
  previous_secret_sealed: Buffer | null;
  previous_secret_until: string | null;
}

const identityOf = (id: string): string => `webhook_endpoint:${id}`;

export const sealSecret = (encryption: Encryption, id: string, secret: string): Buffer =>
  encryption.seal(secret, identityOf(id));

export const openSecret = (
  encryption: Encryption,
  { id, secret_sealed }: Pick<SealedSecrets, 'id' | 'secret_sealed'>,
): string => encryption.open(secret_sealed, identityOf(id)).toString();

/** The secrets that are good now, the newest first; without an older one that does not open. @throws EncryptionError */
export function openSecrets(encryption: Encryption, row: SealedSecrets, now: Date): [string, ...string[]] {
  const current = openSecret(encryption, row);
  const isOverlapping = row.previous_secret_until !== null && new Date(row.previous_secret_until) > now;
  if (!isOverlapping || row.previous_secret_sealed === null) return [current];
  try {
    return [current, openSecret(encryption, { id: row.id, secret_sealed: row.previous_secret_sealed })];
  } catch (error) {
    if (error instanceof EncryptionError) return [current];
    throw error;
  }
}
