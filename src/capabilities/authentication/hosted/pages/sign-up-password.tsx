import { z } from 'zod';
import { Field, Form, Identity, LoginLayout, PrimaryButton } from '../../../../pages/index.ts';
import { readSettings } from '../../../environments/index.ts';
import { passwordPolicySettings } from '../../../users/index.ts';
import { sendDecoy } from '../../methods/decoy-code.ts';
import { prepareSignUp, signUp } from '../../methods/sign-up.ts';
import { describePolicy } from '../policy-text.ts';
import { type View, loginPage } from '../login-page.tsx';

export const signUpPasswordPage = loginPage({
  path: '/sign-up/password',
  summary: 'the password of who signs up',
  isOpen: true,
  after: '/sign-up',
  form: z.object({ password: z.string().optional() }),
  show: async (view, reader) => {
    const policy = await readSettings(reader, passwordPolicySettings);
    return <SignUpPassword {...view} hint={describePolicy(policy)} />;
  },
  prepare: (reader, { attempt, form, deps }) => {
    const { email, names } = attempt.state.hosted;
    return email === null || !form.password
      ? Promise.resolve(null)
      : prepareSignUp(reader, deps, { email, names, password: form.password });
  },
  submit: async (tx, { attempt, form, prepared, caller, deps }) => {
    const { hosted } = attempt.state;
    if (hosted.email === null) return { kind: 'page', path: '/sign-up' };
    if (!form.password || !prepared) {
      return { kind: 'again', problems: [{ field: 'password', message: 'Choose a password.' }] };
    }
    if (prepared.errors.length > 0) {
      const problems = prepared.errors.map(({ message }) => ({ field: 'password', message }));
      return { kind: 'again', problems };
    }
    const userId = await signUp(tx, deps, {
      email: hosted.email,
      names: hosted.names,
      passwordHash: prepared.hash,
      caller,
    });
    if (userId === null) {
      hosted.decoy = sendDecoy(null, tx.now);
      hosted.page = '/email-verification';
      return { kind: 'page', path: '/email-verification' };
    }
    attempt.userId = userId;
    attempt.state.method = 'Password';
    return { kind: 'proven' };
  },
});

const SignUpPassword = (view: View & { hint: string }) => {
  const { attempt, csrf, problems, url, hint } = view;
  return (
    <LoginLayout {...view} page="sign-up/password" title="Choose a password">
      <Form action={url('/sign-up/password')} csrf={csrf} problems={problems}>
        <Identity email={attempt.state.hosted.email ?? ''} changeUrl={url('/sign-up')} />
        <Field
          name="password"
          label="Password"
          type="password"
          autocomplete="new-password"
          hint={hint}
          isRequired
          hasFocus
          problems={problems}
        />
        <PrimaryButton>Create account</PrimaryButton>
      </Form>
    </LoginLayout>
  );
};
