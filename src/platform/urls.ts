import type { Environment, HostKind } from './scope.ts';

/** Makes absolute addresses. They come from configuration and the environment's own hosts, never from a Host header. */
export interface Urls {
  /** Scheme, host and port, without a slash at the end. */
  origin(environment: Environment, kind: HostKind): string;
  /** What paths of the environment's pages are appended to: the origin, and a prefix where several share it. */
  base(environment: Environment, kind: HostKind): string;
  /** True when cookies can be bound to HTTPS. */
  isSecure(): boolean;
}

/**
 * Makes the addresses of an installation (DESIGN 4b).
 * @param external reads the address under which people reach it, such as `https://id.example.com`
 */
export function createUrls(external: () => string): Urls {
  const origin = (environment: Environment, kind: HostKind): string => {
    const url = new URL(external());
    const host = environment.hosts[kind];
    if (host === undefined) return url.origin;
    return `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`;
  };
  return {
    origin,
    base: (environment, kind) => {
      const isAlone = environment.is_default || environment.hosts[kind] !== undefined;
      return origin(environment, kind) + (isAlone ? '' : `/environments/${environment.client_id}`);
    },
    isSecure: () => external().startsWith('https:'),
  };
}
