import { type Operation, operation } from '../../../platform/operation.ts';
import { completionOperation } from './complete.tsx';
import type { HostedDeps } from './hosted-attempt.ts';
import { emailVerificationPage } from './pages/email-verification.tsx';
import { organizationSelectionPage } from './pages/organization-selection.tsx';
import { resetPasswordPage } from './pages/reset-password.tsx';
import { signInPage } from './pages/sign-in.tsx';
import { signInPasswordPage } from './pages/sign-in-password.tsx';
import { signUpPage } from './pages/sign-up.tsx';
import { signUpPasswordPage } from './pages/sign-up-password.tsx';
import { restart } from './restart.ts';

/** Every page on which people sign in. */
const pages = [
  signInPage,
  signInPasswordPage,
  signUpPage,
  signUpPasswordPage,
  emailVerificationPage,
  organizationSelectionPage,
  resetPasswordPage,
];

export function hostedOperations(deps: HostedDeps): readonly Operation[] {
  return [...pages.flatMap((page) => page(deps)), completionOperation(deps), startOperation];
}

/** The bare address of the pages, as people type it. */
const startOperation = operation({
  id: 'login.start',
  summary: 'Page: to the application, which starts a sign-in',
  method: 'GET',
  path: '/',
  protocol: 'page',
  principals: ['none'],
  environmentFrom: 'host',
  permission: null,
  returns: { 302: 'redirect' },
  errors: [{ status: 400, code: 'sign_in_expired', when: 'The application has registered no sign-in page.' }],
  run: (reader) => restart(reader),
});
