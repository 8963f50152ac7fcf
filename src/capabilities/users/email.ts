import { parseAddress } from '../../platform/mail/address.ts';

/**
 * What makes an address unique: in lower case, the local part too, and composed (NFC); its domain in ASCII, as mail
 * servers look it up. Mail servers may tell `Ann` from `ann`; people do not, and two accounts that differ in case only
 * would be an invitation to phish. Text that is no address has a key as well, which is nobody's.
 */
export function emailKey(email: string): string {
  const trimmed = email.trim();
  return (parseAddress(trimmed) ?? trimmed).toLowerCase().normalize('NFC');
}
