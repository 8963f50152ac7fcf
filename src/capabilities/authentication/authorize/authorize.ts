import { ApiError } from '../../../platform/errors.ts';
import { type Reply, type RequestFacts, redirect } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { findRedirectUri } from '../../../protocols/redirect-uri/index.ts';
import { listRegisteredUris } from '../../environments/index.ts';
import { findBrowserSession } from '../../sessions/index.ts';
import { Email, emailKey, findUser } from '../../users/index.ts';
import { beginHostedAttempt, issueCode } from '../attempts.ts';
import { returnUrl } from '../hosted/complete.tsx';
import { type Browser, readBrowser } from '../hosted/browser.ts';
import { type HostedAttempt, type HostedDeps, callerOf, urlOf } from '../hosted/hosted-attempt.ts';
import { completionPath, pageOf, rebind, tryAdvance } from '../hosted/dispatch.ts';
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
  const elsewhere = hostOfPages(tx, deps, request);
  if (elsewhere) return redirect(elsewhere);
  const browser = readBrowser(tx, deps, request);
  const attempt = await begin(tx, query, browser, request);
  const known = await resume(tx, deps, { query, browser, attempt });
  if (query.prompt === 'none' && (!known || attempt.state.hosted.page !== completionPath)) {
    return redirect(returnUrl(answer, known ? asking : nobody));
  }
  if (known) return redirect(known, 302, [await rebind(tx, deps, attempt)]);
  const path = query.screen_hint === 'sign-up' ? '/sign-up' : '/sign-in';
  return redirect(urlOf(tx, deps, attempt)(attempt.state.hosted.page ?? path), 302, browser.cookies);
}

/** What an application is told that wanted no page (OpenID Connect Core 3.1.2.6). */
const nobody = { error: 'login_required', error_description: 'Nobody is signed in.' };
const asking = { error: 'interaction_required', error_description: 'The person must answer a question.' };

/**
 * The same request at the host of the environment's pages, or null when it came there: the browser gets its cookie from
 * that host. It is sent there once, for a proxy may name another host to us than people see.
 */
function hostOfPages(reader: Reader, { urls }: HostedDeps, { host, search }: RequestFacts): string | null {
  const base = urls.base(reader.environment, 'auth');
  if (host === null || host === new URL(base).host) return null;
  if (new URLSearchParams(search).has('sent_on')) return null;
  return `${base}/user_management/authorize${search}&sent_on=1`;
}

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
      decoy: null,
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
  attempt.state.authenticated_at = session.authenticated_at;
  return settleKnown(tx, deps, attempt);
}

async function settleKnown(tx: Tx, deps: HostedDeps, attempt: HostedAttempt): Promise<string | null> {
  const { hosted } = attempt.state;
  const advanced = await tryAdvance(tx, attempt, deps);
  if (advanced.kind === 'refused') {
    await updateAttempt(tx, attempt);
    return null;
  }
  if (advanced.kind === 'ready') {
    hosted.page = completionPath;
    attempt.state.organization_id = advanced.signIn.membership?.organization_id ?? null;
    return returnUrl(hosted.request, { code: await issueCode(tx, attempt) });
  }
  hosted.email = advanced.signIn.user.email;
  hosted.page = pageOf(advanced.interruption);
  await updateAttempt(tx, attempt);
  return urlOf(tx, deps, attempt)(hosted.page);
}
