import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { idTime } from '../../../lib/id.ts';
import { type Assets, type Branding, type Problem, renderPage } from '../../../pages/index.ts';
import { ApiError, forbidden } from '../../../platform/errors.ts';
import { networkOf } from '../../../platform/http/address.ts';
import { type PageOptions, page } from '../../../platform/http/page.ts';
import { type Input, type Operation, Reply, operation, redirect } from '../../../platform/operation.ts';
import type { Quota } from '../../../platform/quota.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import type { Caller } from '../contract.ts';
import { readBranding } from '../../branding/index.ts';
import { updateAttempt } from '../store.ts';
import { type Browser, isOwnForm, readBrowser } from './browser.ts';
import { type Again, type Next, goOn } from './dispatch.ts';
import {
  type HostedAttempt,
  type HostedDeps,
  Query,
  callerOf,
  findAttempt,
  urlOf,
} from './hosted-attempt.ts';
import { restart } from './restart.ts';

/** What a page is made from. */
export interface View {
  assets: Assets;
  branding: Branding;
  attempt: HostedAttempt;
  csrf: string;
  problems: readonly Problem[];
  /** What was typed, without passwords. */
  values: Readonly<Record<string, string | undefined>>;
  /** The address of a page for this attempt. */
  url: (path: string) => string;
}

/** What a step knows when a form arrives. */
export interface Step<Form, Prepared> {
  attempt: HostedAttempt;
  form: Form;
  prepared: Prepared;
  caller: Caller;
  deps: HostedDeps;
}

interface LoginPageSpec<Form extends z.ZodObject, Prepared> {
  /** Below the base of the environment, and the page's name. */
  path: string;
  summary: string;
  /** True for pages that anybody who is signing in may open; the others are where a proven person was sent. */
  isOpen: boolean;
  /** The open page that asks for the address, for one that needs it. */
  after?: string;
  /** Every field may be missing: what is wrong is said on the page. */
  form: Form;
  show: (view: View, reader: Reader) => JSX.Element | Promise<JSX.Element>;
  /** Slow work before the transaction. */
  prepare?: (reader: Reader, step: Omit<Step<z.output<Form>, undefined>, 'prepared'>) => Promise<Prepared>;
  /** The step itself: changes the attempt and says what follows. Only the dispatcher redirects. */
  submit: (tx: Tx, step: Step<z.output<Form>, Prepared>) => Promise<Next>;
}

const Csrf = z.object({ csrf: z.string().optional() });

/**
 * Makes the two operations of a page: one that shows it and one that takes its form. They look after the browser, the
 * attempt, the form's token and what is said when something is wrong; a new page is what it shows and what it does.
 */
export function loginPage<Form extends z.ZodObject, Prepared = undefined>(
  spec: LoginPageSpec<Form, Prepared>,
): (deps: HostedDeps) => readonly Operation[] {
  const name = spec.path.slice(1).replaceAll(/[/-]/g, '_');
  const shared = {
    path: spec.path,
    protocol: 'page',
    principals: ['none'],
    environmentFrom: 'host',
    permission: null,
    query: Query,
  } as const;
  return (deps) => [
    operation({
      ...shared,
      id: `login.show_${name}`,
      summary: `Page: ${spec.summary}`,
      method: 'GET',
      returns: { 200: 'text/html', 302: 'redirect' },
      errors: formErrors.slice(0, 2),
      run: (reader, input) => showPage(reader, spec, deps, input),
    }),
    operation({
      ...shared,
      id: `login.submit_${name}`,
      summary: `Form: ${spec.summary}`,
      method: 'POST',
      accepts: 'form',
      body: z.intersection(spec.form, Csrf),
      returns: { 303: 'redirect', 422: 'text/html', 429: 'text/html' },
      errors: formErrors,
      prepare: (reader, input) => prepareStep(reader, spec, deps, input as PageInput<FormBody<Form>>),
      run: (tx, input) => takeForm(tx, spec, deps, input as PageInput<FormBody<Form>, Prep<Prepared>>),
    }),
  ];
}

/** What a form is answered besides its own problems, which it says itself. */
export const formErrors = [
  { status: 400, code: 'cookies_required', when: 'The browser keeps no cookies.' },
  {
    status: 400,
    code: 'sign_in_expired',
    when: 'The sign-in has ended or expired, or is of another browser.',
  },
  { status: 403, code: 'forbidden', when: 'The form was not sent from our page by this browser.' },
];

type FormBody<Form extends z.ZodObject> = z.output<Form> & { csrf?: string | undefined };
type AnySpec<Form extends z.ZodObject, Prepared> = LoginPageSpec<Form, Prepared>;
type PageInput<Body = undefined, Prepared = undefined> = Input<undefined, Query, Body, Prepared>;

async function showPage<Form extends z.ZodObject, Prepared>(
  reader: Reader,
  spec: AnySpec<Form, Prepared>,
  deps: HostedDeps,
  { query, request }: PageInput,
): Promise<Reply> {
  const browser = readBrowser(reader, deps, request);
  const attempt = await findAttempt(reader, browser, query, { isHeld: false });
  if (!attempt) return lost(reader, browser, query);
  const place = placeOf(attempt, spec);
  if (place !== null) return redirect(urlOf(reader, deps, attempt)(place));
  return render(reader, spec, deps, { attempt, browser, values: {} });
}

/**
 * Where a browser goes that has no such attempt.
 * @throws ApiError 400, as a page, for one that was given a cookie a moment ago and did not bring it: it would go round
 *   in circles for ever
 */
export function lost(reader: Reader, browser: Browser, { attempt }: Query): Promise<Reply> {
  const began = attempt === undefined ? null : idTime(attempt);
  const isFresh = began !== null && reader.now.getTime() - began.getTime() < circleMs;
  if (!isFresh || browser.cookies.length === 0) return restart(reader);
  throw new ApiError('cookies_required', {
    status: 400,
    message:
      'Your browser keeps no cookies of this page, and signing in needs one. Allow cookies, then sign in again.',
  });
}

const circleMs = 30_000;

/** Where the attempt stands instead of on this page, or null when this is its place. */
function placeOf(
  attempt: HostedAttempt,
  spec: { path: string; isOpen: boolean; after?: string },
): string | null {
  const { page: standing, email } = attempt.state.hosted;
  if (standing === null && !spec.isOpen) return '/sign-in';
  if (standing === null) return email === null ? (spec.after ?? null) : null;
  return standing === spec.path ? null : standing;
}

interface Shown {
  attempt: HostedAttempt;
  browser: Browser;
  /** What was wrong; none for a page that is opened. */
  again?: Again;
  values: View['values'];
}

async function render<Form extends z.ZodObject, Prepared>(
  reader: Reader,
  spec: AnySpec<Form, Prepared>,
  deps: HostedDeps,
  { attempt, browser, again, values }: Shown,
): Promise<Reply> {
  const problems = again?.problems ?? [];
  const view: View = {
    assets: deps.assets,
    branding: await readBranding(reader),
    attempt,
    csrf: browser.csrf,
    problems,
    values,
    url: urlOf(reader, deps, attempt),
  };
  return page(await renderPage(await spec.show(view, reader)), {
    ...statusOf(again),
    hasScript: true,
    cookies: browser.cookies,
  });
}

/** How a page is answered that says what was wrong. */
export function statusOf(again: Again | undefined): Pick<PageOptions, 'status' | 'retryAfterSeconds'> {
  if (again === undefined || again.problems.length === 0) return { status: 200 };
  const { retryAfterSeconds } = again;
  return retryAfterSeconds === undefined ? { status: 422 } : { status: 429, retryAfterSeconds };
}

/** `email`: the address that was looked at. The attempt is not held yet, and may be told another meanwhile. */
type Prep<Prepared> = (({ prepared: Prepared } | { refusal: ApiError }) & { email: string | null }) | null;

/** Forms that cost something, from one IP address: an office signs in, a script does not. */
const formsOfAddress: Quota = { name: 'login.forms', limit: 100, windowSeconds: 60 };

/** @throws ApiError 403 for a form that was not ours */
async function prepareStep<Form extends z.ZodObject, Prepared>(
  reader: Reader,
  spec: AnySpec<Form, Prepared>,
  deps: HostedDeps,
  input: PageInput<z.output<Form> & { csrf?: string | undefined }>,
): Promise<Prep<Prepared>> {
  const browser = readBrowser(reader, deps, input.request);
  if (!isOwnForm(browser, input.body.csrf)) {
    throw forbidden(
      'This form is too old, or was not sent from our page. Open the page again and send it from there.',
    );
  }
  const attempt = await findAttempt(reader, browser, input.query, { isHeld: false });
  if (!attempt || placeOf(attempt, spec) !== null || !spec.prepare) return null;
  const { email } = attempt.state.hosted;
  try {
    const caller = callerOf(input.request);
    await deps.quotas.consume(reader, formsOfAddress, networkOf(input.request.address));
    return { email, prepared: await spec.prepare(reader, { attempt, form: input.body, caller, deps }) };
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return { email, refusal: error };
    throw error;
  }
}

async function takeForm<Form extends z.ZodObject, Prepared>(
  tx: Tx,
  spec: AnySpec<Form, Prepared>,
  deps: HostedDeps,
  input: PageInput<z.output<Form>, Prep<Prepared>>,
): Promise<Reply> {
  const browser = readBrowser(tx, deps, input.request);
  const attempt = await findAttempt(tx, browser, input.query, { isHeld: true });
  if (!attempt) return lost(tx, browser, input.query);
  const place = placeOf(attempt, spec);
  if (place !== null) return redirect(urlOf(tx, deps, attempt)(place), 303);
  const { prepared: prep } = input;
  // Another tab typed another address meanwhile: what was prepared is not about that one.
  if (prep && prep.email !== attempt.state.hosted.email) {
    return redirect(urlOf(tx, deps, attempt)(spec.path), 303);
  }
  const caller = callerOf(input.request);
  attempt.state.caller = caller;
  const step = {
    attempt,
    form: input.body,
    caller,
    deps,
    prepared: (prep as { prepared: Prepared })?.prepared,
  };
  const stoodOn = attempt.state.hosted.page;
  const next: Next = prep && 'refusal' in prep ? problemOf(prep.refusal) : await spec.submit(tx, step);
  const outcome = next.kind === 'again' ? next : await goOn(tx, next, { attempt, deps, stoodOn });
  if (outcome instanceof Reply) return outcome;
  await updateAttempt(tx, attempt);
  return render(tx, spec, deps, { attempt, browser, again: outcome, values: shownAgain(input.body) });
}

/** What a refusal says on a page. */
export function problemOf(error: ApiError, field?: string): Again {
  if (error.status === 429) {
    const seconds = Number(error.headers['retry-after'] ?? 60);
    const message = `Too many tries. Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, then try again.`;
    return { kind: 'again', problems: [{ message }], retryAfterSeconds: seconds };
  }
  const problem = { message: error.message, ...(field === undefined ? {} : { field }) };
  return { kind: 'again', problems: [problem] };
}

/** What was typed is kept; secrets are typed again. */
function shownAgain(form: Readonly<Record<string, unknown>>): View['values'] {
  const shown = Object.entries(form).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && !/password|csrf|code/.test(entry[0]),
  );
  return Object.fromEntries(shown);
}
