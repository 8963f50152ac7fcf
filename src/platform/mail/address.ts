import { domainToASCII } from 'node:url';

/** Who mail comes from. */
export interface MailSender {
  readonly name: string | null;
  readonly address: string;
}

const longestAddress = 320;
const longestLocalBytes = 64;
const longestDomain = 253;

/** RFC 5322 3.2.3 dot-atom, with the letters of any script (RFC 6531 3.3). */
const dotAtom = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** RFC 5321 4.1.2 quoted string, without the brackets that could end the envelope's path. */
const quotedString = /^"(?:[ !#-;=?-[\]-~]|\\[ -;=?-~])+"$/;
const domainCharacters = /^[\p{L}\p{N}\p{M}.-]+$/u;
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainName = new RegExp(`^${label}(?:\\.${label})*$`);
/** Control characters, line and paragraph separators, halves of a surrogate pair. */
const breaksHeader = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Reads one e-mail address: no display name, no list, no comment.
 * @returns the address with its domain in ASCII and lower case and its local part as written; null when it is none
 */
export function parseAddress(text: string): string | null {
  if (text.length > longestAddress) return null;
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (!dotAtom.test(local) && !quotedString.test(local)) return null;
  if (Buffer.byteLength(local) > longestLocalBytes) return null;
  const domain = toAsciiDomain(text.slice(at + 1));
  return domain === null ? null : `${local}@${domain}`;
}

function toAsciiDomain(text: string): string | null {
  if (!domainCharacters.test(text)) return null;
  // `1.2` is a way to write an IP address: domainToASCII would answer `1.0.0.2`.
  if (/(?:^|\.)\p{N}+$/u.test(text)) return null;
  const domain = domainToASCII(text);
  return domain.length <= longestDomain && domainName.test(domain) ? domain : null;
}

/** True when a header can carry the text: no CR, LF or other control character (RFC 5322 2.2). */
export function isHeaderText(text: string): boolean {
  return !breaksHeader.test(text);
}

/** Reads `Name <address>` or a bare address; null when it is neither. */
export function parseSender(text: string): MailSender | null {
  const bracketed = /^([^<>]*)<([^<>]+)>$/.exec(text.trim());
  const name = (bracketed?.[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
  const address = parseAddress(bracketed?.[2] ?? text.trim());
  if (address === null || !isHeaderText(name)) return null;
  return { name: name === '' ? null : name, address };
}
