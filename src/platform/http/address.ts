import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** The caller's IP address as text. */
export type AddressReader = (incoming: IncomingMessage) => string;

/**
 * Makes the reader of caller addresses. `X-Forwarded-For` counts only when the connection comes from a trusted
 * proxy; then the right-most address that is not itself a trusted proxy is the caller.
 * @param trustedProxies networks in CIDR notation
 * @throws when a network is not valid
 */
export function createAddressReader(trustedProxies: readonly string[]): AddressReader {
  const networks = trustedProxies.map((network) => ipaddr.parseCIDR(network));
  const isTrusted = (text: string): boolean => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return networks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
  };
  return ({ socket, headers }) => {
    const peer = socket.remoteAddress ?? 'unknown';
    if (networks.length === 0 || !isTrusted(peer)) return peer;
    const forwarded = [headers['x-forwarded-for'] ?? '']
      .flat()
      .join(',')
      .split(',')
      .map((part) => part.trim());
    return forwarded.reverse().find((address) => ipaddr.isValid(address) && !isTrusted(address)) ?? peer;
  };
}

/**
 * Whom limits per address count: an IPv4 address by itself, an IPv6 address by its /64, for whoever has one address of
 * it has them all. An IPv6 address that stands for an IPv4 one (RFC 4291 2.5.5.2, RFC 6052 2.1) counts as that one.
 * @returns `203.0.113.7` or `2001:db8:1:2::/64`; what is not an address, unchanged
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  if (parsed.range() === 'rfc6052') return ipaddr.fromByteArray(parsed.toByteArray().slice(12)).toString();
  const withoutZone = address.replace(/%.*$/, '');
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone}/64`).toString()}/64`;
}

/** The host name of a Host header, lower case, without the port. */
export function hostOf(header: string | undefined): string | null {
  if (!header) return null;
  return header.toLowerCase().replace(/:\d+$/, '');
}
