/**
 * Signing keys: what an environment signs its tokens with, one line of keys for each purpose.
 *
 * Owns: `signing_key`.
 * Emits: nothing; the public catalogue of events has no type for configuration.
 * Invariants: a private key leaves its row only into a process that signs, and never an answer or a log; nodes that
 * race end with one key; the newest key that may sign yet is the one that signs; a key is published before it signs
 * and until everything that it signed has expired; a revoked key is refused on every node within a second.
 */
export { type Keyring, type KeyringDeps, type Signer, createKeyring } from './keyring.ts';
export { purgeSigningKeys } from './jobs.ts';
export { signingKeyOperations } from './routes.ts';
export type { SigningKeyPurpose } from './contract.ts';
export { longestTokenSeconds } from './schedule.ts';
