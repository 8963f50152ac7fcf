import assert from 'node:assert/strict';
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

/** The session that a token says it is of; the tag may prove otherwise. */
export const sessionOfToken = (token: string): string => prefix + token.slice(0, ulidLength);

/** The first token of a session. */
export function makeRefreshToken(encryption: Encryption, sessionId: string): IssuedToken {
  const text = randomBytes(secretBytes).toString('base64url');
  const [tag] = tagsOf(encryption, sessionId, text);
  assert(tag, 'a ring has at least one key');
  return assemble(sessionId, text, tag);
}

/** Reads a token; null for anything that we did not make. */
export function readRefreshToken(encryption: Encryption, token: string): PresentedToken | null {
  if (!pattern.test(token)) return null;
  const sessionId = sessionOfToken(token);
  const secret = token.slice(ulidLength, ulidLength + secretLength);
  const tag = token.slice(-tagLength);
  const isOurs = tagsOf(encryption, sessionId, secret).some((expected) => isSameSecret(expected, tag));
  return isOurs ? { sessionId, token, hash: hashToken(token) } : null;
}

/**
 * Every token that can be the successor of this one: one for each master key, that of the first key first. A successor
 * made before the master key changed is among them, so its tag is of the same key as its secret.
 */
export function successorsOf(encryption: Encryption, parent: PresentedToken): IssuedToken[] {
  const { sessionId, token } = parent;
  return encryption.keyedHashes(`refresh-next:${token}`, sessionId).map((secret, index) => {
    const text = secret.toString('base64url');
    const tag = tagsOf(encryption, sessionId, text)[index];
    assert(tag, 'a tag for each key');
    return assemble(sessionId, text, tag);
  });
}

/** The successor under the first master key: the one to put in the token's place. */
export function successorOf(encryption: Encryption, parent: PresentedToken): IssuedToken {
  const [next] = successorsOf(encryption, parent);
  assert(next, 'a ring has at least one key');
  return next;
}

/** The tag of a secret under each master key, in the order of the ring. */
const tagsOf = (encryption: Encryption, sessionId: string, secret: string): string[] =>
  encryption
    .keyedHashes(`refresh-tag:${secret}`, sessionId)
    .map((hash) => hash.subarray(0, tagBytes).toString('base64url'));

function assemble(sessionId: string, secret: string, tag: string): IssuedToken {
  const token = sessionId.slice(prefix.length) + secret + tag;
  return { token, hash: hashToken(token) };
}
