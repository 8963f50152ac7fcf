import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

/** Decides by address alone. Made once, at start. */
export type AddressPolicy = {
  /** True if a connection may be made to this IP address, in any spelling; false for what is not an address. */
  readonly isAllowed: (address: string) => boolean;
  readonly isLoopbackAllowed: boolean;
};

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Public by their number, yet answered by the host of the virtual machine: Azure's WireServer. */
const metadataAddresses = new Set(['168.63.129.16']);
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Makes the policy: public unicast addresses are allowed, every special range (IANA special-purpose registries:
 * loopback, private, link-local with cloud metadata, unique-local, CGNAT, multicast, documentation, 6to4, Teredo,
 * NAT64...) is not, unless it is loopback and `allowLoopback`, or inside one of `allowedNetworks` (CIDRs).
 * An IPv4-mapped IPv6 address is judged as the IPv4 address it reaches. A NAT64 prefix in `allowedNetworks` opens
 * whatever the gateway translates to. Throws an Error for a malformed CIDR.
 */
export function createAddressPolicy(options: {
  allowLoopback: boolean;
  allowedNetworks: readonly string[];
}): AddressPolicy {
  const networks = options.allowedNetworks.map(parseNetwork);
  const isAllowed = (text: string): boolean => {
    if (!isIP(text)) return false;
    const address = ipaddr.process(isIP(text) === 6 ? spellOut(text) : text);
    if (networks.some((network) => isInside(address, network))) return true;
    if (address.range() === 'loopback') return options.allowLoopback;
    if (address.range() !== 'unicast' || metadataAddresses.has(address.toString())) return false;
    // Outside 2000::/3 nothing is assigned, but `::7f00:1` (the old IPv4-compatible form) would pass as unicast.
    return address.kind() === 'ipv4' || isInside(address, globalUnicast);
  };
  return { isAllowed, isLoopbackAllowed: options.allowLoopback };
}

/** Hexadecimal groups without zone: ipaddr.js reads `::127.0.0.1` as IPv4-mapped, which it is not. */
const spellOut = (address: string): string =>
  new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1);

function parseNetwork(cidr: string): Network {
  if (!ipaddr.isValidCIDR(cidr))
    throw new Error(`"${cidr}" is not a network such as 10.1.0.0/16 or fd00::/8.`);
  return ipaddr.parseCIDR(cidr);
}

function isInside(address: ipaddr.IPv4 | ipaddr.IPv6, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network);
}
