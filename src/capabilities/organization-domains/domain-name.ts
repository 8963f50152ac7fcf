import { domainToASCII } from 'node:url';
import emailProviders from 'email-providers/all.json' with { type: 'json' };
import { parse } from 'tldts';

export type DomainFault = 'invalid_domain' | 'public_suffix' | 'consumer_domain';

const faultMessages: Record<DomainFault, string> = {
  invalid_domain: 'This is not a domain name such as example.com.',
  public_suffix: 'This is a public suffix, under which anyone can register a name.',
  consumer_domain: 'This domain belongs to a consumer e-mail provider and to no organization.',
};

/** Reserved for documentation and tests (RFC 2606 3), whatever the list says. */
const documentationDomains = new Set(['example.com', 'example.net', 'example.org']);
const consumerDomains = new Set(emailProviders.filter((domain) => !documentationDomains.has(domain)));

/** Says in words why a domain is refused. */
export function describeDomainFault(fault: DomainFault): string {
  return faultMessages[fault];
}

/**
 * Reads a domain name as organizations may list it: lower case, ASCII (IDNA), without the trailing dot.
 * Consumer providers (spec/enterprise 2.6) and public suffixes (6.10) are refused.
 */
export function readDomainName(text: string): { domain: string } | { fault: DomainFault } {
  const written = text.trim().replace(/\.$/, '');
  // `domainToASCII` reads URLs too and would quietly drop what follows the name.
  if (/[\s/:@?#\\[\]%]/.test(written)) return { fault: 'invalid_domain' };
  const domain = domainToASCII(written).toLowerCase();
  const parsed = parse(domain, { allowPrivateDomains: true, validateHostname: true });
  if (domain === '' || parsed.isIp || parsed.hostname !== domain) return { fault: 'invalid_domain' };
  if (parsed.publicSuffix === domain) {
    return { fault: parsed.isIcann || parsed.isPrivate ? 'public_suffix' : 'invalid_domain' };
  }
  if (!parsed.domain || !/^[a-z0-9.-]+$/.test(domain)) return { fault: 'invalid_domain' };
  if (consumerDomains.has(domain)) return { fault: 'consumer_domain' };
  return { domain };
}
