import { z } from 'zod';
import { Field, Form, LoginLayout, Notice, PrimaryButton } from '../../../../pages/index.ts';
import { authenticationSettings, readSettings } from '../../../environments/index.ts';
import { Email } from '../../../users/index.ts';
import { type View, loginPage } from '../login-page.tsx';

export const signInPage = loginPage({
  path: '/sign-in',
  summary: 'who signs in',
  isOpen: true,
  form: z.object({ email: z.string().max(320).optional() }),
  show: async (view, reader) => {
    const { is_password_enabled: isPossible, is_sign_up_enabled: mayJoin } = await readSettings(
      reader,
      authenticationSettings,
    );
    return isPossible ? <SignIn {...view} mayJoin={mayJoin} /> : <SignInDisabled {...view} />;
  },
  submit: (_tx, { attempt, form }) => {
    const email = Email.safeParse(form.email ?? '');
    if (!email.success) return Promise.resolve({ kind: 'again', problems: [enterEmail] });
    attempt.state.hosted.email = email.data;
    return Promise.resolve({ kind: 'page', path: '/sign-in/password' });
  },
});

/** What somebody is told who typed no address. */
export const enterEmail = {
  field: 'email',
  message: 'Enter your email address, such as name@example.com.',
};

const SignIn = (view: View & { mayJoin: boolean }) => {
  const { attempt, branding, csrf, problems, values, url, mayJoin } = view;
  return (
    <LoginLayout
      {...view}
      page="sign-in"
      title="Sign in"
      lead={
        <>
          to <bdi>{branding.name}</bdi>
        </>
      }
      footer={
        mayJoin && (
          <>
            No account yet? <a href={url('/sign-up')}>Sign up</a>
          </>
        )
      }
    >
      <Form action={url('/sign-in')} csrf={csrf} problems={problems}>
        <Field
          name="email"
          label="Email address"
          type="email"
          autocomplete="username webauthn"
          maxlength={320}
          value={values['email'] ?? attempt.state.hosted.email}
          isRequired
          hasFocus
          problems={problems}
        />
        <PrimaryButton>Continue</PrimaryButton>
      </Form>
    </LoginLayout>
  );
};

const SignInDisabled = (view: View) => (
  <LoginLayout {...view} page="auth-disabled" title="Signing in is switched off">
    <Notice>
      Nobody can sign in here at the moment. If you need access, ask whoever runs the application.
    </Notice>
  </LoginLayout>
);
