export type { Jwk, JwtAlgorithm, JwtPayload } from './types.ts';
export { type JwtFault, type JwtFaultCode, jwtFault } from './faults.ts';
export { type JwtSigningKey, signJwt } from './sign.ts';
export { type JwtChecks, type VerifiedJwt, type VerifyJwtOptions, readKid, verifyJwt } from './verify.ts';
