import type { KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from './types.ts';

const shortestModulusBits = 2_048;

/** True when `key` is one that `alg` is made for: RSA of 2,048 bits or more, or EC on P-256 (RFC 7518 3.3, 3.4). */
export function isKeyFor(key: KeyObject, alg: JwtAlgorithm): boolean {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (alg === 'ES256') return key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
  return key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= shortestModulusBits;
}
