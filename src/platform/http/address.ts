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

/** The host name of a Host header, lower case, without the port. */
export function hostOf(header: string | undefined): string | null {
  if (!header) return null;
  return header.toLowerCase().replace(/:\d+$/, '');
}
