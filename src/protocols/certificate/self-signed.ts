import {
  bitString,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  time,
  utf8String,
} from './der.ts';

export interface SelfSignedCertificate {
  /** The subject, which is also the issuer: its common name. */
  readonly commonName: string;
  /** The public key as SubjectPublicKeyInfo, in DER. */
  readonly publicKey: Uint8Array;
  /** Up to 20 bytes that no other certificate of this issuer has (RFC 5280 4.1.2.2). */
  readonly serialNumber: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly algorithm: 'RS256' | 'ES256';
  /** Signs with SHA-256 and the private key of `publicKey`; ECDSA signatures in DER. */
  sign(bytes: Buffer): Promise<Uint8Array>;
}

const signatureAlgorithms = {
  // sha256WithRSAEncryption, whose parameters are NULL (RFC 4055 5)
  RS256: sequence(objectIdentifier('2a864886f70d01010b'), Buffer.from('0500', 'hex')),
  // ecdsa-with-SHA256, without parameters (RFC 5758 3.2)
  ES256: sequence(objectIdentifier('2a8648ce3d040302')),
};

const version3 = tagged(0, integer(Buffer.from([2])));

/** keyUsage, critical: digitalSignature and nothing else (RFC 5280 4.2.1.3). */
const keyUsage = sequence(
  objectIdentifier('551d0f'),
  Buffer.from('0101ff', 'hex'),
  octetString(Buffer.from('03020780', 'hex')),
);

/**
 * Makes a self-signed X.509 certificate around a public key (RFC 5280 4.1) and returns its DER. It vouches for nothing:
 * it is the form in which JWKS and SAML metadata want a key.
 */
export async function makeSelfSigned(certificate: SelfSignedCertificate): Promise<Buffer> {
  const { commonName, publicKey, serialNumber, notBefore, notAfter } = certificate;
  const algorithm = signatureAlgorithms[certificate.algorithm];
  const name = sequence(setOf(sequence(objectIdentifier('550403'), utf8String(commonName))));
  const toBeSigned = sequence(
    version3,
    integer(serialNumber),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
    tagged(3, sequence(keyUsage)),
  );
  return sequence(toBeSigned, algorithm, bitString(await certificate.sign(toBeSigned)));
}
