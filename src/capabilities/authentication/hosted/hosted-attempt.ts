import { z } from 'zod';
import type { Assets } from '../../../pages/index.ts';
import type { RequestFacts } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Attempt, Caller, HostedState } from '../contract.ts';
import type { GrantDeps } from '../grants/grant.ts';
import { findHostedAttempt } from '../store.ts';
import type { Browser } from './browser.ts';

export interface HostedDeps extends Omit<GrantDeps, 'signer'> {
  assets: Assets;
}

/** A sign-in on our pages. */
export interface HostedAttempt extends Attempt {
  state: Attempt['state'] & { hosted: HostedState };
}

export const Query = z.object({ attempt: z.string().max(100).optional() });
export type Query = z.infer<typeof Query>;

/** The attempt that a page's address names, if it is this browser's. */
export async function findAttempt(
  reader: Reader,
  browser: Browser,
  query: Query,
  { isHeld }: { isHeld: boolean },
): Promise<HostedAttempt | null> {
  if (query.attempt === undefined) return null;
  const found = await findHostedAttempt(reader, { id: query.attempt, browserHash: browser.hash, isHeld });
  return found?.state.hosted ? (found as HostedAttempt) : null;
}

/** The address of a page for an attempt. */
export const urlOf =
  (reader: Reader, { urls }: HostedDeps, { id }: { id: string }) =>
  (path: string): string =>
    `${urls.base(reader.environment, 'auth')}${path}?attempt=${id}`;

/** Who is at the browser. */
export const callerOf = (request: RequestFacts): Caller => ({
  ip_address: request.address,
  user_agent: request.userAgent?.slice(0, 1_024) ?? null,
});
