import type { Problem } from '../../../pages/index.ts';
import { type Reply, redirect } from '../../../platform/operation.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { startBrowserSession } from '../../sessions/index.ts';
import { type Advance, advance } from '../pipeline.ts';
import type { Interruption } from '../steps/step.ts';
import { updateAttempt, updateBrowser } from '../store.ts';
import { renewBrowser, signedInCookie } from './browser.ts';
import { type HostedAttempt, type HostedDeps, urlOf } from './hosted-attempt.ts';

/** The same page with what was wrong; after too many tries with the seconds until the next. */
export interface Again {
  kind: 'again';
  problems: readonly Problem[];
  retryAfterSeconds?: number;
}

/**
 * What follows a step: another open page, the same page with what was wrong, or whatever the pipeline says of a person
 * who has proven something.
 */
export type Next = { kind: 'page'; path: string } | Again | { kind: 'proven' };

/** The page on which a person answers each question of the pipeline. */
const pages: Record<Interruption['code'], string> = {
  email_verification_required: '/email-verification',
  organization_selection_required: '/organization-selection',
};

export const pageOf = ({ code }: Interruption): string => pages[code];

export const completionPath = '/sign-in/complete';

/**
 * Sends the browser on. The only place that does: steps change the attempt and say what they found.
 * @param stoodOn where the attempt stood before the step
 * @returns what is wrong instead, when somebody who proved who they are may not come in
 */
export async function goOn(
  tx: Tx,
  next: Exclude<Next, Again>,
  { attempt, deps, stoodOn }: { attempt: HostedAttempt; deps: HostedDeps; stoodOn: string | null },
): Promise<Reply | Again> {
  const cookies: string[] = [];
  if (next.kind === 'proven') {
    const advanced = await tryAdvance(tx, attempt, deps);
    if (advanced.kind === 'refused') {
      await updateAttempt(tx, attempt);
      return { kind: 'again', problems: [advanced.problem] };
    }
    cookies.push(...(await settle(tx, deps, { attempt, advanced })));
  }
  const { page } = attempt.state.hosted;
  if (page !== stoodOn) cookies.push(await rebind(tx, deps, attempt));
  await updateAttempt(tx, attempt);
  const path = next.kind === 'page' ? next.path : (page ?? '/sign-in');
  return redirect(urlOf(tx, deps, attempt)(path), 303, cookies);
}

/** Gives an attempt that has come further a browser cookie that nobody can have known before. */
export async function rebind(tx: Tx, deps: HostedDeps, attempt: HostedAttempt): Promise<string> {
  const { hash, cookie } = renewBrowser(tx, deps);
  await updateBrowser(tx, attempt, hash);
  return cookie;
}

/** Runs the pipeline. Somebody whom it turns away is asked again who they are: another account may have what it takes. */
export async function tryAdvance(
  tx: Tx,
  attempt: HostedAttempt,
  deps: HostedDeps,
): Promise<Exclude<Advance, { kind: 'refused' }> | { kind: 'refused'; problem: Problem }> {
  const advanced = await advance(tx, attempt, deps);
  if (advanced.kind !== 'refused') return advanced;
  forgetPerson(attempt);
  return { kind: 'refused', problem: { message: refusals[advanced.error.code] ?? advanced.error.message } };
}

/** What people are told, where the words of the wire are for programs. */
const refusals: Readonly<Record<string, string>> = {
  organization_membership_not_found:
    'This account is not a member of the organization that you are signing in to. Use another account, or ask for an invitation.',
};

/** Puts a sign-in back to where nobody has proven anything, for another account or address. */
export function forgetPerson(attempt: HostedAttempt): void {
  const { state } = attempt;
  attempt.userId = null;
  state.method = null;
  state.browser_session_id = null;
  state.authenticated_at = null;
  state.hosted.page = null;
  state.hosted.decoy = null;
}

/** Puts the attempt where the pipeline left it; answers the cookies of somebody who is through. */
async function settle(
  tx: Tx,
  deps: HostedDeps,
  { attempt, advanced }: { attempt: HostedAttempt; advanced: Exclude<Advance, { kind: 'refused' }> },
): Promise<readonly string[]> {
  const { state } = attempt;
  if (advanced.kind === 'interrupted') {
    state.hosted.page = pageOf(advanced.interruption);
    return [];
  }
  const { user, membership } = advanced.signIn;
  if (state.method === null) throw new Error('a sign-in without a method');
  state.organization_id = membership?.organization_id ?? null;
  state.hosted.page = completionPath;
  const session = await startBrowserSession(tx, { userId: user.id, method: state.method });
  state.browser_session_id = session.id;
  return [signedInCookie(tx, deps, session)];
}
