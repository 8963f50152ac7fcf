export { type RedirectUriUse, checkRedirectUri } from './check.ts';
export type { OriginFault, OriginFaultCode, RedirectUriFault, RedirectUriFaultCode } from './faults.ts';
export { findRedirectUri, matchesRedirectUri } from './match.ts';
export { checkOrigin } from './origin.ts';
