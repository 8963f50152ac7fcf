import type { Problem } from '../../../pages/index.ts';
import type { ApiError } from '../../../platform/errors.ts';
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
export type Next = Ahead | Again | { kind: 'proven' };

interface Ahead {
  kind: 'page';
  path: string;
  cookies?: readonly string[];
}

/** The same page once more. */
export interface Again {
  kind: 'again';
  problems: readonly Problem[];
  /** 422 by default. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

/** The page on which a person answers each question of the pipeline. */
const pages: Record<Interruption['code'], string> = {
  email_verification_required: '/email-verification',
  organization_selection_required: '/organization-selection',
};

export const pageOf = ({ code }: Interruption): string => pages[code];

export const completionPath = '/sign-in/complete';

/**
 * Sends the browser on, or says what is to be shown again. The only place that redirects: steps change the attempt and
 * say what they found.
 */
export async function goOn(
  tx: Tx,
  next: Next,
  { attempt, deps }: { attempt: HostedAttempt; deps: HostedDeps },
): Promise<Reply | Again> {
  const settled = next.kind === 'proven' ? await settle(tx, attempt, deps) : next;
  await updateAttempt(tx, attempt);
  if (settled.kind === 'again') return settled;
  return redirect(urlOf(tx, deps, attempt)(settled.path), 303, settled.cookies);
}

/** Runs the pipeline and puts the attempt where it stands then, with the cookie of somebody who is through. */
async function settle(tx: Tx, attempt: HostedAttempt, deps: HostedDeps): Promise<Again | Ahead> {
  const { state } = attempt;
  const advanced = await advance(tx, attempt, deps);
  if (advanced.kind === 'refused') {
    forgetPerson(attempt);
    return againFor(advanced.error);
  }
  if (advanced.kind === 'interrupted') {
    state.hosted.page = pageOf(advanced.interruption);
    return { kind: 'page', path: state.hosted.page };
  }
  const { user, membership } = advanced.signIn;
  if (state.method === null) throw new Error('a sign-in without a method');
  state.organization_id = membership?.organization_id ?? null;
  state.hosted.page = completionPath;
  const session = await startBrowserSession(tx, { userId: user.id, method: state.method });
  state.browser_session_id = session.id;
  return { kind: 'page', path: completionPath, cookies: [signedInCookie(tx, deps, session)] };
}

/** Puts a sign-in back to where nobody has proven anything, for another account or address. */
export function forgetPerson(attempt: HostedAttempt): void {
  attempt.userId = null;
  attempt.state.method = null;
  attempt.state.browser_session_id = null;
  attempt.state.hosted.page = null;
  attempt.state.hosted.decoy_guesses = null;
}

/** What a refusal says on the page that it is shown on. */
export function againFor(error: ApiError, field?: string): Again {
  const problem = { message: error.message, ...(field === undefined ? {} : { field }) };
  const { status, headers } = error;
  return { kind: 'again', problems: [problem], ...(status === 429 ? { status, headers } : {}) };
}
