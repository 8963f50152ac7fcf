import { LoginLayout, renderPage } from '../../../pages/index.ts';
import { page } from '../../../platform/http/page.ts';
import {
  type Operation,
  type Reply,
  type RequestFacts,
  operation,
  redirect,
} from '../../../platform/operation.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { issueCode } from '../attempts.ts';
import { readBranding } from '../../branding/index.ts';
import { isBrowserSessionOn } from '../../sessions/index.ts';
import type { AuthorizeRequest } from '../contract.ts';
import { readBrowser } from './browser.ts';
import { completionPath } from './dispatch.ts';
import { type HostedAttempt, type HostedDeps, Query, findAttempt, urlOf } from './hosted-attempt.ts';
import { restart } from './restart.ts';

/** Where the application waits for the code. */
export function returnUrl(
  { redirect_uri: uri, state }: AuthorizeRequest,
  answer: Record<string, string>,
): string {
  const parameters = new URLSearchParams({ ...answer, ...(state === null ? {} : { state }) });
  // Appended as text: an address of an application's own scheme must come back as it was registered.
  return `${uri}${uri.includes('?') ? '&' : '?'}${parameters.toString()}`;
}

/** The last page: hands the code to the application. */
export function completionOperation(deps: HostedDeps): Operation {
  return operation({
    id: 'login.complete',
    summary: 'Page: on the way back to the application',
    method: 'GET',
    path: completionPath,
    protocol: 'page',
    principals: ['none'],
    environmentFrom: 'host',
    permission: null,
    isWriting: true,
    query: Query,
    returns: { 200: 'text/html', 302: 'redirect' },
    run: (tx, { query, request }) => complete(tx, deps, query, request),
  });
}

async function complete(tx: Tx, deps: HostedDeps, query: Query, request: RequestFacts): Promise<Reply> {
  const browser = readBrowser(tx, deps, request);
  const attempt = await findAttempt(tx, browser, query, { isHeld: true });
  if (!attempt) return restart(tx);
  const { hosted, browser_session_id: sessionId } = attempt.state;
  const { page: standing } = hosted;
  if (standing !== completionPath) return redirect(urlOf(tx, deps, attempt)(standing ?? '/sign-in'));
  // Whoever signed out meanwhile does not come back in by way of the browser's history.
  if (sessionId === null || !(await isBrowserSessionOn(tx, sessionId))) return restart(tx);
  return page(await renderCompletion(tx, deps, attempt), { hasScript: true });
}

/**
 * A page that goes on by itself rather than a redirect: browsers hold the redirects that follow a form against
 * `form-action`, and applications may send people on to addresses that we do not know.
 */
async function renderCompletion(tx: Tx, deps: HostedDeps, attempt: HostedAttempt): Promise<string> {
  const code = await issueCode(tx, attempt);
  const target = returnUrl(attempt.state.hosted.request, { code });
  const branding = await readBranding(tx);
  return renderPage(
    <LoginLayout
      assets={deps.assets}
      branding={branding}
      page="complete"
      title="You are signed in"
      lead={
        <>
          Taking you back to <bdi>{branding.name}</bdi>.
        </>
      }
      refreshTo={target}
    >
      <p class="form">
        <a class="button button-primary button-wide" href={target}>
          Continue
        </a>
      </p>
    </LoginLayout>,
  );
}
