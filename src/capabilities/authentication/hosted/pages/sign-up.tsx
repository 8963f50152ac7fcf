import { z } from 'zod';
import { Field, Form, LoginLayout, Notice, PrimaryButton } from '../../../../pages/index.ts';
import { authenticationSettings, readSettings } from '../../../environments/index.ts';
import { Email, PersonName } from '../../../users/index.ts';
import { type View, loginPage } from '../login-page.tsx';
import { enterEmail } from './sign-in.tsx';

const Name = z.string().trim().max(255).optional();

export const signUpPage = loginPage({
  path: '/sign-up',
  summary: 'who signs up',
  isOpen: true,
  form: z.object({ first_name: Name, last_name: Name, email: z.string().max(320).optional() }),
  show: async (view, reader) => {
    const { is_password_enabled: isPossible, is_sign_up_enabled: mayJoin } = await readSettings(
      reader,
      authenticationSettings,
    );
    return isPossible && mayJoin ? <SignUp {...view} /> : <SignUpDisabled {...view} />;
  },
  submit: (_tx, { attempt, form }) => {
    const email = Email.safeParse(form.email ?? '');
    if (!email.success) return Promise.resolve({ kind: 'again', problems: [enterEmail] });
    const problems = (['first_name', 'last_name'] as const).filter(
      (field) => !PersonName.safeParse(form[field] ?? '').success,
    );
    if (problems.length > 0) {
      return Promise.resolve({ kind: 'again', problems: problems.map(enterPlainName) });
    }
    const { hosted } = attempt.state;
    hosted.email = email.data;
    hosted.names = { first_name: form.first_name || null, last_name: form.last_name || null };
    return Promise.resolve({ kind: 'page', path: '/sign-up/password' });
  },
});

/** What somebody is told whose name has something in it that cannot be seen: often it was pasted. */
const enterPlainName = (field: 'first_name' | 'last_name') => ({
  field,
  message: `Your ${field === 'first_name' ? 'first' : 'last'} name has invisible characters in it. Type it again instead of pasting it.`,
});

const SignUp = (view: View) => {
  const { attempt, branding, csrf, problems, values, url } = view;
  const { email, names } = attempt.state.hosted;
  return (
    <LoginLayout
      {...view}
      page="sign-up"
      title="Create your account"
      lead={
        <>
          for <bdi>{branding.name}</bdi>
        </>
      }
      footer={
        <>
          Already have an account? <a href={url('/sign-in')}>Sign in</a>
        </>
      }
    >
      <Form action={url('/sign-up')} csrf={csrf} problems={problems}>
        <div class="form-row">
          <Field
            name="first_name"
            label="First name"
            autocomplete="given-name"
            maxlength={255}
            value={values['first_name'] ?? names?.first_name}
            hasFocus
            problems={problems}
          />
          <Field
            name="last_name"
            label="Last name"
            autocomplete="family-name"
            maxlength={255}
            value={values['last_name'] ?? names?.last_name}
            problems={problems}
          />
        </div>
        <Field
          name="email"
          label="Email address"
          type="email"
          autocomplete="email"
          maxlength={320}
          value={values['email'] ?? email}
          isRequired
          problems={problems}
        />
        <PrimaryButton>Continue</PrimaryButton>
      </Form>
    </LoginLayout>
  );
};

const SignUpDisabled = (view: View) => (
  <LoginLayout
    {...view}
    page="sign-up"
    title="Sign-up is closed"
    footer={<a href={view.url('/sign-in')}>Sign in with an account that you have</a>}
  >
    <Notice>New accounts are made by invitation only. Ask whoever runs the application for one.</Notice>
  </LoginLayout>
);
