import { type Result, err, ok } from '../../lib/result.ts';
import { isLoopbackHost, readAuthority } from './authority.ts';
import { type OriginFault, type OriginFaultCode, originFault } from './faults.ts';

/**
 * Checks a CORS origin that somebody wants to register. Returns it as a browser writes it in its Origin header
 * (RFC 6454 6.2: lower case, default port dropped) so that a request's header is compared as a string; or the
 * first rule it breaks. Plain http is accepted in a sandbox and for loopback hosts. Never throws.
 */
export function checkOrigin(
  origin: string,
  { kind }: { kind: 'sandbox' | 'production' },
): Result<string, OriginFault> {
  const fault = (code: OriginFaultCode) => err(originFault(code));
  if (origin.toLowerCase() === 'null') return fault('null_origin');
  if (origin.includes('*')) return fault('wildcard');
  if (!/^https?:\/\//i.test(origin)) return fault('scheme_not_allowed');
  if (origin.includes('@')) return fault('userinfo');
  if (/[/?#\\\s]/.test(origin.slice(origin.indexOf('//') + 2))) return fault('not_an_origin');
  const authority = readAuthority(origin.toLowerCase());
  if (!authority || authority.host.endsWith('.')) return fault('invalid_host');
  const { scheme, host } = authority;
  if (scheme === 'http' && kind === 'production' && !isLoopbackHost(host)) return fault('https_required');
  return ok(new URL(`${scheme}://${host}:${authority.port ?? (scheme === 'http' ? '80' : '443')}`).origin);
}
