/**
 * What makes an address unique: composed (NFC) and in lower case, the local part too. Mail servers may tell `Ann` from
 * `ann`; people do not, and two accounts that differ in case only would be an invitation to phish.
 */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase();
