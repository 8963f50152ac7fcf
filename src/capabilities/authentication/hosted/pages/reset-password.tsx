import { z } from 'zod';
import {
  Field,
  Form,
  LoginLayout,
  Notice,
  PrimaryButton,
  type Problem,
  renderPage,
} from '../../../../pages/index.ts';
import { ApiError, forbidden } from '../../../../platform/errors.ts';
import { page } from '../../../../platform/http/page.ts';
import { type Operation, type Reply, type RequestFacts, operation } from '../../../../platform/operation.ts';
import type { Reader } from '../../../../platform/scope.ts';
import type { Tx } from '../../../../platform/transaction.ts';
import { readBranding } from '../../../branding/index.ts';
import { readSettings, urlSettings } from '../../../environments/index.ts';
import {
  confirmPasswordReset,
  isUsableResetToken,
  prepareReset,
  requestPasswordReset,
  resetRequests,
} from '../../../password-resets/index.ts';
import { Email, emailKey, passwordPolicySettings } from '../../../users/index.ts';
import { type Browser, isOwnForm, readBrowser } from '../browser.ts';
import type { HostedDeps } from '../hosted-attempt.ts';
import type { Again } from '../dispatch.ts';
import { problemOf, statusOf } from '../login-page.tsx';
import { describePolicy } from '../policy-text.ts';
import { enterEmail } from './sign-in.tsx';

// Not a page of an attempt: the link from the message is opened in any browser, hours after the sign-in was given up.
const path = '/reset-password';

const Query = z.object({ token: z.string().max(100).optional(), attempt: z.string().max(100).optional() });
type Query = z.infer<typeof Query>;

const Body = z.object({
  csrf: z.string().optional(),
  email: z.string().max(320).optional(),
  password: z.string().optional(),
});
type Body = z.infer<typeof Body>;

const shared = {
  path,
  protocol: 'page',
  principals: ['none'],
  environmentFrom: 'host',
  permission: null,
  query: Query,
} as const;

export const resetPasswordPage = (deps: HostedDeps): readonly Operation[] => [
  operation({
    ...shared,
    id: 'login.show_reset_password',
    summary: 'Page: ask for a link that sets a new password, or follow it',
    method: 'GET',
    returns: { 200: 'text/html' },
    run: (reader, { query, request }) => show(reader, deps, query, request),
  }),
  operation({
    ...shared,
    id: 'login.submit_reset_password',
    summary: 'Form: ask for a link that sets a new password, or set it',
    method: 'POST',
    accepts: 'form',
    body: Body,
    returns: { 200: 'text/html', 422: 'text/html', 429: 'text/html' },
    prepare: (reader, { query, body, request }) => prepare(reader, deps, { query, body, request }),
    run: (tx, { query, body, prepared, request }) =>
      query.token === undefined
        ? sendLink(tx, deps, { query, body, request }, prepared)
        : setPassword(tx, deps, { query, body, request }, prepared),
  }),
];

interface Visit {
  query: Query;
  body: Body;
  request: RequestFacts;
}

/** The hash of the new password, where one was chosen; or what is wrong, `dead` being a link that works no more. */
type Prepared = { hash: string | null; again?: Again | 'dead' };

async function prepare(reader: Reader, deps: HostedDeps, { query, body, request }: Visit): Promise<Prepared> {
  if (!isOwnForm(readBrowser(reader, deps, request), body.csrf)) {
    throw forbidden(
      'This form is too old, or was not sent from our page. Open the page again and send it from there.',
    );
  }
  const wrong = (problem: Problem): Prepared => ({
    hash: null,
    again: { kind: 'again', problems: [problem] },
  });
  if (query.token === undefined) {
    const email = Email.safeParse(body.email ?? '');
    if (!email.success) return wrong(enterEmail);
    return countRequest(reader, deps, email.data);
  }
  if (!(await isUsableResetToken(reader, query.token))) return { hash: null, again: 'dead' };
  if (!body.password) return wrong({ field: 'password', message: 'Choose a password.' });
  try {
    const hash = await prepareReset(reader, deps.passwordHasher, {
      token: query.token,
      new_password: body.password,
    });
    return { hash };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    const errors = (error.errors ?? []) as readonly { message: string }[];
    if (errors.length === 0) return wrong({ message: error.message });
    const problems = errors.map(({ message }) => ({ field: 'password', message }));
    return { hash: null, again: { kind: 'again', problems } };
  }
}

async function countRequest(reader: Reader, deps: HostedDeps, email: string): Promise<Prepared> {
  try {
    await deps.quotas.consume(reader, resetRequests, emailKey(email));
    return { hash: null };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 429) throw error;
    return { hash: null, again: problemOf(error) };
  }
}

async function show(reader: Reader, deps: HostedDeps, query: Query, request: RequestFacts): Promise<Reply> {
  const browser = readBrowser(reader, deps, request);
  if (query.token === undefined) return renderRequest(reader, deps, { query, browser, email: '' });
  const isUsable = await isUsableResetToken(reader, query.token);
  return isUsable
    ? renderChoice(reader, deps, { query, browser })
    : renderExpired(reader, deps, { query, browser });
}

/** The same answer whether somebody has the address or not. */
async function sendLink(tx: Tx, deps: HostedDeps, visit: Visit, { again }: Prepared): Promise<Reply> {
  const { query, body, request } = visit;
  const browser = readBrowser(tx, deps, request);
  const email = (body.email ?? '').trim();
  if (again && again !== 'dead') return renderRequest(tx, deps, { query, browser, again, email });
  requestPasswordReset(tx, email);
  return render(tx, deps, browser, {
    name: 'reset-password',
    title: 'Check your email',
    body: (
      <Notice>
        If there is an account for <bdi>{email}</bdi>, a link to choose a new password is on its way there. It
        works for one hour.
      </Notice>
    ),
  });
}

async function setPassword(
  tx: Tx,
  deps: HostedDeps,
  { query, request }: Visit,
  { hash, again }: Prepared,
): Promise<Reply> {
  const browser = readBrowser(tx, deps, request);
  if (again === 'dead') return renderExpired(tx, deps, { query, browser });
  if (hash === null) return renderChoice(tx, deps, { query, browser, ...(again ? { again } : {}) });
  await confirmPasswordReset(tx, query.token ?? '', hash);
  const { sign_in_url: signInUrl } = await readSettings(tx, urlSettings);
  return render(tx, deps, browser, {
    name: 'reset-password',
    title: 'Your password was changed',
    body: (
      <>
        <Notice>You were signed out everywhere. Sign in with your new password.</Notice>
        {signInUrl && (
          <p class="form">
            <a class="button button-primary button-wide" href={signInUrl}>
              Sign in
            </a>
          </p>
        )}
      </>
    ),
  });
}

interface Shown {
  query: Query;
  browser: Browser;
  again?: Again;
}

const actionOf = (reader: Reader, { urls }: HostedDeps, query: Query): string =>
  `${urls.base(reader.environment, 'auth')}${path}${query.token === undefined ? '' : `?token=${encodeURIComponent(query.token)}`}`;

function renderRequest(
  reader: Reader,
  deps: HostedDeps,
  { query, browser, again, email }: Shown & { email: string },
): Promise<Reply> {
  const problems = again?.problems ?? [];
  return render(reader, deps, browser, {
    name: 'reset-password',
    title: 'Reset your password',
    lead: 'Enter your email address, and we send you a link to choose a new password.',
    again,
    body: (
      <Form action={actionOf(reader, deps, query)} csrf={browser.csrf} problems={problems}>
        <Field
          name="email"
          label="Email address"
          type="email"
          autocomplete="username"
          value={email}
          isRequired
          hasFocus
          problems={problems}
        />
        <PrimaryButton>Send the link</PrimaryButton>
      </Form>
    ),
  });
}

async function renderChoice(
  reader: Reader,
  deps: HostedDeps,
  { query, browser, again }: Shown,
): Promise<Reply> {
  const problems = again?.problems ?? [];
  const hint = describePolicy(await readSettings(reader, passwordPolicySettings));
  return render(reader, deps, browser, {
    name: 'reset-password',
    title: 'Choose a new password',
    again,
    body: (
      <Form action={actionOf(reader, deps, query)} csrf={browser.csrf} problems={problems}>
        <Field
          name="password"
          label="New password"
          type="password"
          autocomplete="new-password"
          hint={hint}
          isRequired
          hasFocus
          problems={problems}
        />
        <PrimaryButton>Change password</PrimaryButton>
      </Form>
    ),
  });
}

function renderExpired(reader: Reader, deps: HostedDeps, { browser }: Shown): Promise<Reply> {
  return render(reader, deps, browser, {
    name: 'reset-password',
    title: 'This link does not work any more',
    body: (
      <>
        <Notice>A link works once, for one hour, and only the newest one does.</Notice>
        <p class="form">
          <a class="button button-primary button-wide" href={actionOf(reader, deps, {})}>
            Ask for a new link
          </a>
        </p>
      </>
    ),
  });
}

interface Rendered {
  name: string;
  title: string;
  lead?: string;
  again?: Again | undefined;
  body: unknown;
}

async function render(
  reader: Reader,
  deps: HostedDeps,
  browser: Browser,
  { name, title, lead, again, body }: Rendered,
): Promise<Reply> {
  const branding = await readBranding(reader);
  const html = await renderPage(
    <LoginLayout assets={deps.assets} branding={branding} page={name} title={title} lead={lead}>
      {body as never}
    </LoginLayout>,
  );
  return page(html, { ...statusOf(again), hasScript: true, cookies: browser.cookies });
}
