import type { Problem } from '../../../pages/index.ts';
import { type Reply, redirect } from '../../../platform/operation.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { startBrowserSession } from '../../sessions/index.ts';
import { advance } from '../pipeline.ts';
import type { Interruption } from '../steps/step.ts';
import { updateAttempt } from '../store.ts';
import { signedInCookie } from './browser.ts';
import { type HostedAttempt, type HostedDeps, urlOf } from './hosted-attempt.ts';

/**
 * What follows a step: another open page, the same page with what was wrong, or whatever the pipeline says of a person
 * who has proven something.
 */
export type Next =
  { kind: 'page'; path: string } | { kind: 'again'; problems: readonly Problem[] } | { kind: 'proven' };

/** The page on which a person answers each question of the pipeline. */
const pages: Record<Interruption['code'], string> = {
  email_verification_required: '/email-verification',
  organization_selection_required: '/organization-selection',
};

export const pageOf = ({ code }: Interruption): string => pages[code];

export const completionPath = '/sign-in/complete';

/** Sends the browser on. The only place that does: steps change the attempt and say what they found. */
export async function goOn(
  tx: Tx,
  next: Exclude<Next, { kind: 'again' }>,
  { attempt, deps }: { attempt: HostedAttempt; deps: HostedDeps },
): Promise<Reply> {
  const url = urlOf(tx, deps, attempt);
  if (next.kind === 'page') {
    await updateAttempt(tx, attempt);
    return redirect(url(next.path), 303);
  }
  const cookies = await settle(tx, attempt, deps);
  await updateAttempt(tx, attempt);
  return redirect(url(attempt.state.hosted.page ?? '/sign-in'), 303, cookies);
}

/** Runs the pipeline and puts the attempt where it stands then; answers the cookies of somebody who is through. */
async function settle(tx: Tx, attempt: HostedAttempt, deps: HostedDeps): Promise<readonly string[]> {
  const { state } = attempt;
  const advanced = await advance(tx, attempt, deps);
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
