import { randomBytes } from 'node:crypto';
import { type Encryption, hashToken, isSameSecret } from '../../platform/encryption.ts';

/**
 * Refresh tokens: `<session><secret><tag>`, opaque to clients.
 * `session` is the ULID of the session id, which finds the row. `secret` is what is hashed and stored; a successor is
 * an HMAC of its parent under the master key, so that the same successor can be answered twice and nothing reversible
 * is stored. `tag` proves that we made the token: an old one of a session tells of theft, an invented one of nothing.
 */
export interface PresentedToken {
  sessionId: string;
  token: string;
  hash: Buffer;
}

export interface IssuedToken {
  token: string;
  hash: Buffer;
}

const ulidLength = 26;
const secretBytes = 32;
const secretLength = 43;
const tagBytes = 16;
const tagLength = 22;
const pattern = new RegExp(
  `^[0-9A-HJKMNP-TV-Z]{${ulidLength}}[A-Za-z0-9_-]{${secretLength}}[A-Za-z0-9_-]{${tagLength}}$`,
);
const prefix = 'session_';

/** The first token of a session. */
export function makeRefreshToken(encryption: Encryption, sessionId: string): IssuedToken {
  return assemble(encryption, sessionId, randomBytes(secretBytes));
}

/** Reads a token; null for anything that we did not make. */
export function readRefreshToken(encryption: Encryption, token: string): PresentedToken | null {
  if (!pattern.test(token)) return null;
  const sessionId = prefix + token.slice(0, ulidLength);
  const secret = token.slice(ulidLength, ulidLength + secretLength);
  const tag = token.slice(-tagLength);
  const isOurs = encryption
    .keyedHashes(`refresh-tag:${secret}`, sessionId)
    .some((expected) => isSameSecret(tagText(expected), tag));
  return isOurs ? { sessionId, token, hash: hashToken(token) } : null;
}

/**
 * Every token that can be the successor of this one: one for each master key, that of the first key first. A successor
 * made before the master key changed is among them.
 */
export function successorsOf(encryption: Encryption, parent: PresentedToken): IssuedToken[] {
  return encryption
    .keyedHashes(`refresh-next:${parent.token}`, parent.sessionId)
    .map((secret) => assemble(encryption, parent.sessionId, secret));
}

function assemble(encryption: Encryption, sessionId: string, secret: Buffer): IssuedToken {
  const text = secret.toString('base64url');
  const tag = tagText(encryption.keyedHash(`refresh-tag:${text}`, sessionId));
  const token = sessionId.slice(prefix.length) + text + tag;
  return { token, hash: hashToken(token) };
}

const tagText = (hash: Buffer): string => hash.subarray(0, tagBytes).toString('base64url');
