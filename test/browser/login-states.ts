import type { Page } from 'playwright-core';

/** A server whose login pages are looked at: how to reach it, and a key of its environment. */
export interface LoginStage {
  url: string;
  clientId: string;
  apiKey: string;
}

/** A login page as somebody may find it. */
export interface LoginState {
  name: string;
  enter(page: Page, stage: LoginStage): Promise<void>;
}

const callback = 'http://127.0.0.1:9/callback';
const password = 'a long and strange passphrase 7';

let count = 0;

async function call(
  { url, apiKey }: LoginStage,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** Registers where the application waits; to be called once. */
export async function prepareLogin(stage: LoginStage): Promise<void> {
  await call(stage, 'POST', '/user_management/redirect_uris', { uri: callback });
}

async function makePerson(stage: LoginStage, fields: object = {}): Promise<{ id: string; email: string }> {
  count += 1;
  const email = `ada${count}@example.com`;
  const { id } = await call(stage, 'POST', '/user_management/users', {
    email,
    password,
    email_verified: true,
    ...fields,
  });
  return { id: String(id), email };
}

async function begin(
  page: Page,
  { url, clientId }: LoginStage,
  query: Record<string, string> = {},
): Promise<void> {
  const parameters = new URLSearchParams({
    response_type: 'code',
    provider: 'authkit',
    client_id: clientId,
    redirect_uri: callback,
    ...query,
  });
  await page.goto(`${url}/user_management/authorize?${parameters.toString()}`);
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fill = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);

async function signInTo(page: Page, stage: LoginStage, email: string, secret = password): Promise<void> {
  await begin(page, stage, { login_hint: email });
  await press(page, 'Continue');
  await fill(page, 'Password', secret);
  await press(page, 'Sign in');
}

async function signUpTo(page: Page, stage: LoginStage): Promise<string> {
  count += 1;
  const email = `grace${count}@example.com`;
  await begin(page, stage, { screen_hint: 'sign-up' });
  await fill(page, 'First name', 'Grace');
  await fill(page, 'Last name', 'Hopper');
  await fill(page, 'Email address', email);
  await press(page, 'Continue');
  return email;
}

async function verifying(page: Page, stage: LoginStage): Promise<void> {
  await signUpTo(page, stage);
  await fill(page, 'Password', password);
  await press(page, 'Create account');
  await page.getByLabel('Code').waitFor();
}

async function choosing(page: Page, stage: LoginStage, names: readonly string[]): Promise<void> {
  const { id, email } = await makePerson(stage);
  for (const name of names) {
    const organization = await call(stage, 'POST', '/organizations', { name });
    await call(stage, 'POST', '/user_management/organization_memberships', {
      user_id: id,
      organization_id: organization['id'],
    });
  }
  await signInTo(page, stage, email);
  await page.getByRole('heading', { name: 'Choose an organization' }).waitFor();
}

async function resetLink(stage: LoginStage): Promise<string> {
  const { email } = await makePerson(stage);
  const reset = await call(stage, 'POST', '/user_management/password_reset', { email });
  return String(reset['password_reset_url']);
}

/** Shows a page under settings that hold only for it. */
async function under(
  stage: LoginStage,
  settings: object,
  back: object,
  show: () => Promise<void>,
): Promise<void> {
  await call(stage, 'PATCH', '/management/settings', settings);
  try {
    await show();
  } finally {
    await call(stage, 'PATCH', '/management/settings', back);
  }
}

/** Every state of the login pages that is looked at, by people and by tests. */
export const loginStates: readonly LoginState[] = [
  { name: 'sign-in', enter: begin },
  {
    name: 'sign-in-no-address',
    enter: async (page, stage) => {
      await begin(page, stage);
      await fill(page, 'Email address', 'ada');
      await press(page, 'Continue');
    },
  },
  {
    name: 'sign-in-password',
    enter: async (page, stage) => {
      await begin(page, stage, { login_hint: 'ada@example.com' });
      await press(page, 'Continue');
    },
  },
  {
    name: 'sign-in-password-long-address',
    enter: async (page, stage) => {
      const email = `${'very-long-'.repeat(5)}name@${'subdomain.'.repeat(8)}example.com`;
      await begin(page, stage, { login_hint: email });
      await press(page, 'Continue');
    },
  },
  {
    name: 'sign-in-password-wrong',
    enter: (page, stage) => signInTo(page, stage, 'ada@example.com', 'not the password'),
  },
  { name: 'sign-up', enter: (page, stage) => begin(page, stage, { screen_hint: 'sign-up' }) },
  {
    name: 'sign-up-no-address',
    enter: async (page, stage) => {
      await begin(page, stage, { screen_hint: 'sign-up' });
      await fill(page, 'First name', 'Grace');
      await press(page, 'Continue');
    },
  },
  {
    name: 'sign-up-pasted-name',
    enter: async (page, stage) => {
      await begin(page, stage, { screen_hint: 'sign-up' });
      await fill(page, 'First name', 'Grace\u202e');
      await fill(page, 'Last name', 'Hopper\u202e');
      await fill(page, 'Email address', 'pasted@example.com');
      await press(page, 'Continue');
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'sign-up-password', enter: async (page, stage) => void (await signUpTo(page, stage)) },
  {
    name: 'sign-up-password-weak',
    enter: async (page, stage) => {
      await signUpTo(page, stage);
      await fill(page, 'Password', 'hopper');
      await press(page, 'Create account');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'sign-up-closed',
    enter: (page, stage) =>
      under(
        stage,
        { authentication: { is_sign_up_enabled: false } },
        { authentication: { is_sign_up_enabled: true } },
        () => begin(page, stage, { screen_hint: 'sign-up' }),
      ),
  },
  {
    name: 'auth-disabled',
    enter: (page, stage) =>
      under(
        stage,
        { authentication: { is_password_enabled: false } },
        { authentication: { is_password_enabled: true } },
        () => begin(page, stage),
      ),
  },
  { name: 'email-verification', enter: verifying },
  {
    name: 'email-verification-wrong',
    enter: async (page, stage) => {
      await verifying(page, stage);
      await fill(page, 'Code', '000000');
      await press(page, 'Continue');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'organization-selection',
    enter: (page, stage) => choosing(page, stage, ['Analytical Engines', 'Difference Engines Ltd.']),
  },
  {
    name: 'organization-selection-many-and-long',
    enter: (page, stage) =>
      choosing(page, stage, [
        'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
        'חברת החשמל לישראל (בע״מ)',
        ...Array.from({ length: 8 }, (_, index) => `Company number ${index + 1}`),
      ]),
  },
  {
    name: 'reset-password',
    enter: async (page, { url, clientId }) =>
      void (await page.goto(`${url}/environments/${clientId}/reset-password`)),
  },
  {
    name: 'reset-password-sent',
    enter: async (page, { url, clientId }) => {
      await page.goto(`${url}/environments/${clientId}/reset-password`);
      await fill(page, 'Email address', 'nobody@example.com');
      await press(page, 'Send the link');
      await page.getByRole('status').first().waitFor();
    },
  },
  {
    name: 'reset-password-choose',
    enter: async (page, stage) => void (await page.goto(await resetLink(stage))),
  },
  {
    name: 'reset-password-weak',
    enter: async (page, stage) => {
      await page.goto(await resetLink(stage));
      await fill(page, 'New password', 'password');
      await press(page, 'Change password');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'reset-password-done',
    enter: async (page, stage) => {
      await page.goto(await resetLink(stage));
      await fill(page, 'New password', `${password} and more`);
      await press(page, 'Change password');
      await page.getByRole('heading', { name: 'Your password was changed' }).waitFor();
    },
  },
  {
    name: 'reset-password-expired',
    enter: async (page, { url, clientId }) =>
      void (await page.goto(`${url}/environments/${clientId}/reset-password?token=unknown`)),
  },
  {
    name: 'complete',
    enter: async (page, stage) => {
      const { email } = await makePerson(stage);
      // The application is not there: the page stays.
      await page.route('http://127.0.0.1:9/**', (route) => route.fulfill({ status: 204 }));
      await signInTo(page, stage, email);
      await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    },
  },
  {
    name: 'expired',
    enter: async (page, { url, clientId }) =>
      void (await page.goto(`${url}/environments/${clientId}/sign-in`)),
  },
  {
    name: 'not-registered',
    enter: (page, stage) => begin(page, stage, { redirect_uri: 'https://evil.example.com/callback' }),
  },
  {
    name: 'signed-out',
    enter: async (page, { url }) =>
      void (await page.goto(
        `${url}/user_management/sessions/logout?session_id=session_01JHZX0000000000000000000`,
      )),
  },
];
