import type { Operation, RateLimit } from '../operation.ts';

/** Every request (spec/authkit 0.8). */
const everyRequest: RateLimit = { name: 'all', limit: 6_000, windowSeconds: 60, per: 'ip' };
const authkitReads: RateLimit = {
  name: 'authkit-reads',
  limit: 1_000,
  windowSeconds: 10,
  per: 'environment',
};
const authkitWrites: RateLimit = {
  name: 'authkit-writes',
  limit: 500,
  windowSeconds: 10,
  per: 'environment',
};

export interface OperationLimits {
  /** Counted before anything else is looked at. */
  perAddress: readonly RateLimit[];
  /** Counted once the caller is known. */
  others: readonly RateLimit[];
}

const known = new WeakMap<Operation, OperationLimits>();

/** The documented limits of an operation: those of its path, then its own. */
export function limitsOf(operation: Operation): OperationLimits {
  const cached = known.get(operation);
  if (cached) return cached;
  const limits = [everyRequest];
  if (operation.path.startsWith('/user_management/')) {
    limits.push(operation.method === 'GET' ? authkitReads : authkitWrites);
  }
  limits.push(...(operation.rateLimits ?? []));
  const split = {
    perAddress: limits.filter(({ per }) => per === 'ip'),
    others: limits.filter(({ per }) => per !== 'ip'),
  };
  known.set(operation, split);
  return split;
}
