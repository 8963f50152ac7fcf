import { ApiError } from '../../../platform/errors.ts';
import { type Reply, type RequestFacts, redirect } from '../../../platform/operation.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { findRedirectUri } from '../../../protocols/redirect-uri/index.ts';
import { listRegisteredUris } from '../../environments/index.ts';
import { findBrowserSession } from '../../sessions/index.ts';
import { Email, emailKey, findUser } from '../../users/index.ts';
import { beginHostedAttempt, issueCode } from '../attempts.ts';
import { returnUrl } from '../hosted/complete.tsx';
import { type Browser, readBrowser } from '../hosted/browser.ts';
import { type HostedAttempt, type HostedDeps, callerOf, urlOf } from '../hosted/hosted-attempt.ts';
import { forgetPerson, pageOf } from '../hosted/dispatch.ts';
import { advance } from '../pipeline.ts';
import { updateAttempt } from '../store.ts';
import { findFault } from './checks.ts';
import type { AuthorizeQuery } from './contract.ts';

/**
 * Sends somebody to sign in, or straight back when this browser has signed in before (spec/authkit ch. 5).
 * @throws ApiError 400, as a page of ours, when the redirect URI is not registered: nobody is sent there
 */
export async function authorize(
  tx: Tx,
  deps: HostedDeps,
  query: AuthorizeQuery,
  request: RequestFacts,
): Promise<Reply> {
  await requireRegistered(tx, query.redirect_uri);
  const answer = { redirect_uri: query.redirect_uri, state: query.state ?? null, code_challenge: null };
  const fault = await findFault(tx, query);
  if (fault) return redirect(returnUrl(answer, { error: fault.error, error_description: fault.description }));
  const browser = readBrowser(tx, deps, request);
  const attempt = await begin(tx, query, browser, request);
  const known = await resume(tx, deps, { query, browser, attempt });
  const isSilent = query.prompt === 'none';
  if (known && !(isSilent && attempt.state.hosted.page !== null))
    return redirect(known, 302, browser.cookies);
  if (isSilent) return redirect(returnUrl(answer, known ? interactionRequired : loginRequired));
  const path = query.screen_hint === 'sign-up' ? '/sign-up' : '/sign-in';
  return redirect(urlOf(tx, deps, attempt)(path), 302, browser.cookies);
}

// OpenID Connect Core 3.1.2.6
const loginRequired = { error: 'login_required', error_description: 'Nobody is signed in.' };
const interactionRequired = {
  error: 'interaction_required',
  error_description: 'Somebody is signed in, and has a question to answer on our pages.',
};

async function requireRegistered(tx: Tx, uri: string): Promise<void> {
  const registered = await listRegisteredUris(tx, 'sign_in');
  const found = findRedirectUri(
    registered.map((target) => target.uri),
    uri,
  );
  if (found !== null) return;
  throw new ApiError('invalid_redirect_uri', {
    status: 400,
    message: 'This sign-in link leads back to an address that the application has not registered.',
    detail: `redirect_uri ${uri.slice(0, 200)} is not registered`,
  });
}

async function begin(
  tx: Tx,
  query: AuthorizeQuery,
  browser: Browser,
  request: RequestFacts,
): Promise<HostedAttempt> {
  const hint = Email.safeParse(query.login_hint ?? '');
  const attempt = await beginHostedAttempt(tx, {
    caller: callerOf(request),
    organizationId: query.organization_id ?? null,
    browserHash: browser.hash,
    hosted: {
      request: {
        redirect_uri: query.redirect_uri,
        state: query.state ?? null,
        code_challenge: query.code_challenge ?? null,
      },
      page: null,
      email: hint.success ? hint.data : null,
      names: null,
      decoy_guesses: null,
    },
  });
  return attempt as HostedAttempt;
}

/**
 * Goes on with whoever this browser knows; the address to go to, or null when they must sign in. The pipeline asks its
 * questions of them like of anybody.
 */
async function resume(
  tx: Tx,
  deps: HostedDeps,
  { query, browser, attempt }: { query: AuthorizeQuery; browser: Browser; attempt: HostedAttempt },
): Promise<string | null> {
  if (query.prompt === 'login' || query.prompt === 'select_account' || query.screen_hint === 'sign-up')
    return null;
  const session = await findBrowserSession(tx, browser.sessionToken);
  const user = session && (await findUser(tx, session.user_id));
  if (!session || !user) return null;
  const ageSeconds = (tx.now.getTime() - Date.parse(session.authenticated_at)) / 1_000;
  if (query.max_age !== undefined && ageSeconds >= Number(query.max_age)) return null;
  const { email } = attempt.state.hosted;
  if (email !== null && emailKey(email) !== emailKey(user.email)) return null;
  // Nobody asked for the message that would be sent.
  if (query.prompt === 'none' && !user.email_verified) return null;
  attempt.userId = user.id;
  attempt.state.method = session.authentication_method;
  attempt.state.browser_session_id = session.id;
  return settleKnown(tx, deps, attempt);
}

async function settleKnown(tx: Tx, deps: HostedDeps, attempt: HostedAttempt): Promise<string | null> {
  const { hosted } = attempt.state;
  const advanced = await advance(tx, attempt, deps);
  if (advanced.kind === 'refused') {
    // They may have another account that can go where this one cannot.
    forgetPerson(attempt);
    await updateAttempt(tx, attempt);
    return null;
  }
  if (advanced.kind === 'ready') {
    attempt.state.organization_id = advanced.signIn.membership?.organization_id ?? null;
    return returnUrl(hosted.request, { code: await issueCode(tx, attempt) });
  }
  hosted.email = advanced.signIn.user.email;
  hosted.page = pageOf(advanced.interruption);
  await updateAttempt(tx, attempt);
  return urlOf(tx, deps, attempt)(hosted.page);
}
