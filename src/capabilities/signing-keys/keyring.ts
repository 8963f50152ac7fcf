import type { Result } from '../../lib/result.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Encryption } from '../../platform/encryption.ts';
import type {
  Jwk,
  JwtAlgorithm,
  JwtChecks,
  JwtFault,
  JwtPayload,
  VerifiedJwt,
} from '../../protocols/jwt/index.ts';
import type { SigningKeyPurpose } from './contract.ts';

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

/** Opens the keyring of a process. */
export function createKeyring(_deps: KeyringDeps): Keyring {
  throw new Error('not yet');
}
