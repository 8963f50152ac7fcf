import assert from 'node:assert/strict';
import type { List } from '../../platform/contract.ts';
import type { Encryption } from '../../platform/encryption.ts';
import { invalidField, notFound } from '../../platform/errors.ts';
import type { Reader } from '../../platform/scope.ts';
import type { Tx } from '../../platform/transaction.ts';
import { updateSettings } from '../environments/index.ts';
import type { ListSigningKeys, RotateSigningKey, SigningKey, SigningKeyPurpose } from './contract.ts';
import { type KeyPair, makeKeyPair } from './key-pairs.ts';
import { appendKey, readLine, startOfNext } from './lines.ts';
import { accessTokenSettings } from './settings.ts';
import * as store from './store.ts';

const signingKeyNotFound = (id: string) => notFound('Signing key', id);

/** How often others may win the next generation before we give up: they would have to rotate all at once. */
const attempts = 20;

export function listSigningKeys(reader: Reader, query: ListSigningKeys): Promise<List<SigningKey>> {
  return store.listSigningKeys(reader, query);
}

/** Makes the next key before the transaction: RSA takes its time. */
export async function prepareRotation(
  reader: Reader,
  { purpose, algorithm }: RotateSigningKey,
  encryption: Encryption,
): Promise<KeyPair> {
  if (algorithm === 'ES256' && purpose.startsWith('saml-')) {
    throw invalidField('algorithm', 'invalid_algorithm', 'SAML is signed with RS256.');
  }
  const line = await readLine(reader, { environmentId: reader.environmentId, purpose });
  return makePair(reader, algorithm ?? line.algorithm, encryption);
}

/** Publishes the next key. It signs at once, or when everybody can know it; its predecessor is published meanwhile. */
export async function rotateSigningKey(
  tx: Tx,
  { purpose, algorithm, immediately }: RotateSigningKey,
  pair: KeyPair,
): Promise<SigningKey> {
  // The setting and the newest key say the same, or the next use would rotate back.
  if (purpose === 'session' && algorithm) {
    await updateSettings(tx, { [accessTokenSettings.name]: { algorithm } });
  }
  await append(tx, { purpose, pair, isImmediate: immediately });
  return getSigningKey(tx, pair.id);
}

/** Makes a successor before the transaction, where the key to be revoked is not followed yet. */
export async function prepareRevocation(
  reader: Reader,
  id: string,
  encryption: Encryption,
): Promise<KeyPair | null> {
  const key = await getSigningKey(reader, id);
  return isInUse(key) ? makePair(reader, key.algorithm, encryption) : null;
}

/** Refuses what a key has signed from now on. If it was to sign, another one signs at once. Repeating is harmless. */
export async function revokeSigningKey(tx: Tx, id: string, successor: KeyPair | null): Promise<SigningKey> {
  const key = await store.findSigningKeyForUpdate(tx, id);
  if (!key) throw signingKeyNotFound(id);
  if (key.state === 'revoked') return key;
  await store.markRevoked(tx, id);
  if (successor && isInUse(key)) {
    await append(tx, { purpose: key.purpose, pair: successor, isImmediate: true });
  }
  return getSigningKey(tx, id);
}

const isInUse = ({ state }: SigningKey): boolean => state === 'signing' || state === 'pending';

async function getSigningKey(reader: Reader, id: string): Promise<SigningKey> {
  const key = await store.findSigningKey(reader, id);
  if (!key) throw signingKeyNotFound(id);
  return key;
}

function makePair(
  { environmentId, now }: Reader,
  algorithm: KeyPair['algorithm'],
  encryption: Encryption,
): Promise<KeyPair> {
  return makeKeyPair({ environmentId, algorithm, now }, encryption);
}

async function append(
  tx: Tx,
  { purpose, pair, isImmediate }: { purpose: SigningKeyPurpose; pair: KeyPair; isImmediate: boolean },
): Promise<void> {
  const name = { environmentId: tx.environmentId, purpose };
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const line = await readLine(tx, name);
    const notBefore = isImmediate ? tx.now : startOfNext(line, tx.now);
    if (await appendKey(tx, name, { line, pair, notBefore, now: tx.now })) return;
  }
  assert.fail(`no generation was free for ${pair.id}`);
}
