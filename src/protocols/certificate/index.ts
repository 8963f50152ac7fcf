export { type SelfSignedCertificate, makeSelfSigned } from './self-signed.ts';
