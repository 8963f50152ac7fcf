import ipaddr from 'ipaddr.js';
import type { EnvironmentDirectory } from '../environment-directory.ts';
import { ApiError } from '../errors.ts';

/** Lets a request pass that was meant for this server, by the host name that it was sent to. */
export type HostGuard = (host: string | null) => Promise<void>;

/** Endings that nobody outside can register a name under (RFC 6761, RFC 6762, RFC 8375). */
const privateEnding = /\.(?:localhost|local|internal|test|home\.arpa)$/;

/**
 * Makes the guard of development mode, whose key everybody knows: a web page whose own name points at this machine
 * (DNS rebinding) would be of the same origin as the API and the mailbox. An address, a name without a dot and a name
 * of a private ending cannot belong to such a page; other names must be the installation's own, or an environment's.
 * The guard throws ApiError 421 (RFC 9110 15.5.20).
 * @param externalUrl the address under which people reach the installation
 */
export function createHostGuard(
  externalUrl: () => string,
  environments: Pick<EnvironmentDirectory, 'byHost'>,
): HostGuard {
  return async (host) => {
    if (host === null || isPrivate(host) || host === new URL(externalUrl()).hostname) return;
    if (await environments.byHost(host)) return;
    throw new ApiError('host_not_allowed', {
      status: 421,
      message:
        `In development Doorwright does not answer to the name '${host}', which a page on the internet could have. ` +
        'Set DOORWRIGHT_EXTERNAL_URL to the address that you use, or open it at localhost.',
    });
  };
}

function isPrivate(host: string): boolean {
  const name = host.replace(/\.$/, '');
  return !name.includes('.') || name.startsWith('[') || privateEnding.test(name) || ipaddr.isValid(name);
}
