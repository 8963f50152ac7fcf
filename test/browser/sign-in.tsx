import {
  type Assets,
  type Branding,
  Field,
  Form,
  LoginLayout,
  PrimaryButton,
  renderPage,
} from '../../src/pages/index.ts';

/** A page with one of everything that a brand changes, wrong as it can be. */
export const renderSignIn = (assets: Assets, branding: Branding): Promise<string> =>
  renderPage(
    <LoginLayout
      assets={assets}
      branding={branding}
      title="Sign in"
      page="sign-in"
      lead={
        <>
          to go on to <bdi>{branding.name}</bdi>
        </>
      }
      footer={
        <p>
          No account yet? <a href="/sign-up">Sign up</a>
        </p>
      }
    >
      <Form
        action="/sign-in"
        csrf="csrf"
        problems={[{ field: 'email', message: 'Enter your email address.' }]}
      >
        <Field name="email" label="Email address" type="email" autocomplete="username" problems={[]} />
        <PrimaryButton>Continue</PrimaryButton>
      </Form>
    </LoginLayout>,
  );
