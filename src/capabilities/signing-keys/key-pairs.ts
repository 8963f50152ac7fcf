import { createHash, generateKeyPair, randomBytes, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { createIdSequence } from '../../lib/id.ts';
import type { Encryption } from '../../platform/encryption.ts';
import { randomSeed } from '../../platform/random.ts';
import { makeSelfSigned } from '../../protocols/certificate/index.ts';
import type { Jwk, JwtAlgorithm } from '../../protocols/jwt/index.ts';

/** A key as its row will hold it: the private part is sealed as soon as it exists. */
export interface KeyPair {
  readonly id: string;
  readonly algorithm: JwtAlgorithm;
  readonly public_key: Jwk;
  readonly private_key_sealed: Buffer;
}

/** Named in the ciphertext, so a private key that is moved to another row does not open. */
export const sealIdentity = (environmentId: string, id: string): string =>
  `signing_key:${environmentId}:${id}`;

const certificateYears = 10;
const generate = promisify(generateKeyPair);
const signOffThread = promisify(signBytes);

/** Makes a key pair on the thread pool: RSA takes about a fifth of a second, so never inside a transaction. */
export async function makeKeyPair(
  { environmentId, algorithm, now }: { environmentId: string; algorithm: JwtAlgorithm; now: Date },
  encryption: Encryption,
): Promise<KeyPair> {
  const id = createIdSequence(now.getTime(), randomSeed())('key');
  const { publicKey, privateKey } =
    algorithm === 'RS256'
      ? await generate('rsa', { modulusLength: 2_048 })
      : await generate('ec', { namedCurve: 'P-256' });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + certificateYears);
  const certificate = await makeSelfSigned({
    commonName: id,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    serialNumber: randomBytes(16),
    notBefore: now,
    notAfter,
    algorithm,
    sign: (bytes) => signOffThread('sha256', bytes, privateKey),
  });
  const published = {
    use: 'sig',
    kid: id,
    x5c: [certificate.toString('base64')],
    'x5t#S256': createHash('sha256').update(certificate).digest('base64url'),
  } as const;
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    id,
    algorithm,
    public_key: { alg: algorithm, ...publicKey.export({ format: 'jwk' }), ...published } as Jwk,
    private_key_sealed: encryption.seal(pkcs8, sealIdentity(environmentId, id)),
  };
}
