import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as lookupInSystem } from 'node:dns/promises';
import { isIP } from 'node:net';

import { type Result, err, ok } from '../../lib/result.ts';
import type { AddressPolicy } from './addresses.ts';
import { OutboundError, type OutboundFault, outboundFault } from './errors.ts';

/** Resolves a name to all its IP addresses; rejects when it has none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/** Told of each refused request, for the log. The address is for the operator and never for the caller. */
export type LogBlocked = (fields: { readonly host: string; readonly address: string }) => void;

export type GuardOptions = {
  readonly policy: AddressPolicy;
  readonly lookup: Lookup;
  readonly log: LogBlocked;
};

/** Resolves as every other program of this machine does: hosts file, search domains, then DNS. */
export const systemLookup: Lookup = async (hostname) =>
  (await lookupInSystem(hostname, { all: true })).map(({ address }) => address);

/**
 * Reads a URL as far as it can be judged without DNS: http(s), no user name, and a host that is neither a
 * forbidden address (the WHATWG parser has already turned 2130706433, 0x7f.1 and 127.1 into 127.0.0.1) nor a
 * localhost name (RFC 6761 6.3). Returns the parsed URL without its fragment, or the fault. Never throws.
 */
export function checkDestination(text: string, { policy, log }: GuardOptions): Result<URL, OutboundFault> {
  if (!URL.canParse(text)) return err(outboundFault('invalid_url'));
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return err(outboundFault('invalid_url'));
  if (url.username || url.password) return err(outboundFault('invalid_url', url));
  url.hash = '';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLocalName = /(?:^|\.)localhost\.?$/.test(host);
  const isForbidden = isIP(host) ? !policy.isAllowed(host) : isLocalName && !policy.isLoopbackAllowed;
  if (!isForbidden) return ok(url);
  log({ host, address: host });
  return err(outboundFault('blocked_address', url));
}

/**
 * Resolves `hostname` once. Returns its addresses if *every* one is allowed, for a name that mixes public and
 * private addresses is either an attack or a mistake. Throws OutboundError `blocked_address` or `name_not_found`.
 */
export async function resolveAllowed(hostname: string, guard: GuardOptions): Promise<readonly string[]> {
  const origin = new URL(`http://${hostname}`);
  const addresses = await guard.lookup(hostname).catch(() => []);
  if (addresses.length === 0) throw new OutboundError(outboundFault('name_not_found', origin));
  const forbidden = addresses.find((address) => !guard.policy.isAllowed(address));
  if (forbidden === undefined) return addresses;
  guard.log({ host: hostname, address: forbidden });
  throw new OutboundError(outboundFault('blocked_address', origin));
}

/**
 * The guard as the `lookup` of a socket: the address that was checked is the address the socket connects to, so a
 * name that changes between two queries (rebinding, threat H-02) has no second query to change in.
 */
export function createSocketLookup(guard: GuardOptions) {
  return async (hostname: string, options: LookupOptions, callback: LookupCallback): Promise<void> => {
    const answer = await resolveAllowed(hostname, guard).catch((error: NodeJS.ErrnoException) => error);
    if (answer instanceof Error) return callback(answer, []);
    const found = answer.map((address) => ({ address, family: isIP(address) }));
    return options.all ? callback(null, found) : callback(null, found[0]?.address ?? [], found[0]?.family);
  };
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
