import { z } from 'zod';
import { Field, Form, Identity, LoginLayout, PrimaryButton } from '../../../../pages/index.ts';
import { ApiError } from '../../../../platform/errors.ts';
import { checkPassword, provePassword } from '../../methods/password.ts';
import { type View, loginPage, problemOf } from '../login-page.tsx';

export const signInPasswordPage = loginPage({
  path: '/sign-in/password',
  summary: 'the password of who signs in',
  isOpen: true,
  after: '/sign-in',
  form: z.object({ password: z.string().optional() }),
  show: (view) => <SignInPassword {...view} />,
  prepare: (reader, { attempt, form, deps }) => {
    const { email } = attempt.state.hosted;
    return email === null || !form.password
      ? Promise.resolve(null)
      : checkPassword(reader, deps, { email, password: form.password });
  },
  submit: async (tx, { attempt, form, prepared, caller }) => {
    const { email } = attempt.state.hosted;
    if (email === null) return { kind: 'page', path: '/sign-in' };
    if (!form.password || !prepared) {
      return { kind: 'again', problems: [{ field: 'password', message: 'Enter your password.' }] };
    }
    const userId = await provePassword(tx, prepared, { email, caller });
    if (userId instanceof ApiError) return problemOf(userId);
    attempt.userId = userId;
    attempt.state.method = 'Password';
    return { kind: 'proven' };
  },
});

const SignInPassword = (view: View) => {
  const { attempt, csrf, problems, url } = view;
  return (
    <LoginLayout {...view} page="sign-in/password" title="Enter your password">
      <Form action={url('/sign-in/password')} csrf={csrf} problems={problems}>
        <Identity email={attempt.state.hosted.email ?? ''} changeUrl={url('/sign-in')} />
        <Field
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          isRequired
          hasFocus
          problems={problems}
        />
        <p class="aside">
          <a href={url('/reset-password')}>Forgot your password?</a>
        </p>
        <PrimaryButton>Sign in</PrimaryButton>
      </Form>
    </LoginLayout>
  );
};
