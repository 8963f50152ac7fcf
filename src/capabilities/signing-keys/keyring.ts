import assert from 'node:assert/strict';
import { type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';
import { type Result, err } from '../../lib/result.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Encryption } from '../../platform/encryption.ts';
import { createTtlCache } from '../../platform/ttl-cache.ts';
import {
  type Jwk,
  type JwtAlgorithm,
  type JwtChecks,
  type JwtFault,
  type JwtPayload,
  type VerifiedJwt,
  jwtFault,
  readKid,
  signJwt,
  verifyJwt,
} from '../../protocols/jwt/index.ts';
import type { SigningKeyPurpose } from './contract.ts';
import { makeKeyPair, sealIdentity } from './key-pairs.ts';
import { type Line, appendKey, findSigner, isKeyDue, isPublished, readLine, startOfNext } from './lines.ts';
import { longestTokenSeconds } from './schedule.ts';
import { type KeyRow, type LineName, findKeyOfLine, findPrivateKey } from './store.ts';

export interface KeyringDeps {
  database: Database;
  encryption: Encryption;
  clock: Clock;
}

/** The key that signs now. Ask for it again for each token: it changes. */
export interface Signer {
  readonly kid: string;
  readonly alg: JwtAlgorithm;
  /**
   * Signs as a compact JWS off the main thread.
   * @param typ the header's `typ`, which is left out by default
   * @throws AssertionError when `exp` is missing or further away than `longestTokenSeconds`
   */
  sign(payload: JwtPayload, typ?: string): Promise<string>;
}

/** The signing keys of all environments, as tokens need them. One per process. */
export interface Keyring {
  /** The key that signs, which is at most a second stale. Makes the first key on first use. */
  signer(environmentId: string, purpose: SigningKeyPurpose): Promise<Signer>;
  /** The keys to publish, newest first, as the rows are now: never empty. */
  publicKeys(environmentId: string, purpose: SigningKeyPurpose): Promise<Jwk[]>;
  /** Verifies a token of the purpose; a key that was revoked is refused within a second. */
  verify(
    environmentId: string,
    purpose: SigningKeyPurpose,
    jwt: string,
    checks?: JwtChecks,
  ): Promise<Result<VerifiedJwt, JwtFault>>;
}

/** How old the answer may be to which key signs and which are revoked. */
const staleMs = 1_000;
/** How long an opened key is kept; which ones are used is decided each second. */
const openMs = 3_600_000;

const kidPattern = /^key_[0-9A-Z]{26}$/;

/** Opens the keyring of a process. */
export function createKeyring(deps: KeyringDeps): Keyring {
  const { database, clock } = deps;
  const lines = createTtlCache(staleMs, (path) => readLine(database, nameAt(path)));
  const strangers = createTtlCache(staleMs, (path) => findKeyOfLine(database, nameAt(path), kidAt(path)));
  const privateKeys = createTtlCache(openMs, (path) => openPrivateKey(deps, nameAt(path), kidAt(path)));
  const publicKeys = createTtlCache(openMs, (jwk) => Promise.resolve(toPublicKey(jwk)));
  const provide = createProvider(deps);

  const open = async (name: LineName, line: Line): Promise<Signer | null> => {
    const row = findSigner(line, clock.now());
    if (row === null) return null;
    const key = await privateKeys(pathOf(name, row.id)).catch(rejectOthers);
    return key && toSigner(row, key, clock);
  };
  const findKey = async (name: LineName, kid: string): Promise<KeyRow | null> => {
    const { keys } = await lines(pathOf(name));
    // A key that another node made within the second is not in the line yet.
    return keys.find(({ id }) => id === kid) ?? (await strangers(pathOf(name, kid)));
  };
  return {
    async signer(environmentId, purpose) {
      const name = { environmentId, purpose };
      const line = await lines(pathOf(name));
      const signer = isKeyDue(line, clock.now()) ? null : await open(name, line);
      if (signer) return signer;
      const provided = await open(name, await provide(name));
      assert(provided, `no key signs ${purpose} of ${environmentId}`);
      return provided;
    },
    async publicKeys(environmentId, purpose) {
      const name = { environmentId, purpose };
      const line = await readLine(database, name);
      const { keys } = isKeyDue(line, clock.now()) ? await provide(name) : line;
      return keys.filter((key) => isPublished(key, clock.now())).map(({ public_key }) => public_key);
    },
    async verify(environmentId, purpose, jwt, checks = {}) {
      const kid = readKid(jwt);
      const name = { environmentId, purpose };
      const row = kid !== null && kidPattern.test(kid) ? await findKey(name, kid) : null;
      const now = clock.now();
      if (row === null || !isPublished(row, now)) return err(jwtFault('unknown_key'));
      const key = await publicKeys(JSON.stringify(row.public_key));
      return verifyJwt(jwt, { ...checks, key, algorithms: [row.algorithm], now });
    },
  };
}

const pathOf = ({ environmentId, purpose }: LineName, kid = ''): string =>
  `${environmentId}/${purpose}/${kid}`;

function nameAt(path: string): LineName {
  const [environmentId = '', purpose] = path.split('/');
  return { environmentId, purpose: purpose as SigningKeyPurpose };
}

const kidAt = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The private key was erased since the line was read: the line is to be read again. */
class ErasedKey extends Error {}

function rejectOthers(error: unknown): null {
  if (error instanceof ErasedKey) return null;
  throw error;
}

async function openPrivateKey(
  { database, encryption }: KeyringDeps,
  { environmentId }: LineName,
  kid: string,
): Promise<KeyObject> {
  const sealed = await findPrivateKey(database, environmentId, kid);
  if (sealed === null) throw new ErasedKey(kid);
  const der = encryption.open(sealed, sealIdentity(environmentId, kid));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

const toPublicKey = (jwk: string): KeyObject =>
  createPublicKey({ key: JSON.parse(jwk) as Record<string, string>, format: 'jwk' });

function toSigner({ id, algorithm }: KeyRow, key: KeyObject, clock: Clock): Signer {
  return {
    kid: id,
    alg: algorithm,
    sign: async (payload, typ) => {
      const latest = clock.now().getTime() / 1_000 + longestTokenSeconds;
      const { exp } = payload;
      assert(typeof exp === 'number' && exp <= latest, 'a signed token expires within a day');
      return signJwt(payload, { alg: algorithm, kid: id, key }, typ);
    },
  };
}

/** Makes keys where they are due; those who ask for one line meanwhile share the work. */
function createProvider(deps: KeyringDeps): (name: LineName) => Promise<Line> {
  const working = new Map<string, Promise<Line>>();
  return (name) => {
    const path = pathOf(name);
    const shared = working.get(path);
    if (shared) return shared;
    const work = provideLine(deps, name).finally(() => working.delete(path));
    working.set(path, work);
    return work;
  };
}

async function provideLine({ database, encryption, clock }: KeyringDeps, name: LineName): Promise<Line> {
  const now = clock.now();
  const line = await readLine(database, name);
  if (!isKeyDue(line, now)) return line;
  const { environmentId } = name;
  const pair = await makeKeyPair({ environmentId, algorithm: line.algorithm, now }, encryption);
  // False when another node was first: then its key is the one.
  await database.transaction((db) =>
    appendKey(db, name, { line, pair, notBefore: startOfNext(line, now), now }),
  );
  return readLine(database, name);
}
