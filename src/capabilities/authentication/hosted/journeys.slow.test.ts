// The way of a person through the pages: what they see, where they end, and what is told of it.
import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { readCode, readLink, readMails } from '../../../../test/mailbox.ts';
import { lastEvent, makeMembership, makeOrganization } from '../../../../test/people.ts';
import { goodPassword, makePerson, redeem } from '../../../../test/sign-in.ts';
import { advance } from '../../../../test/time.ts';
import {
  type Visit,
  authorizePath,
  callback,
  codeOf,
  createVisitor,
  enterPassword,
  pathOf,
  problemIn,
  registerCallback,
  targetOf,
} from '../../../../test/visitor.ts';

const server = useServer();
let count = 0;

beforeAll(async () => {
  server.startJobs();
  await registerCallback(server);
});

const freshAddress = (): string => `newcomer${(count += 1)}@example.com`;

const standsAt = (page: Visit): [number, string] => [page.status, pathOf(page.url)];

/** A newcomer who has chosen a password. */
async function signUp(fields: Record<string, string> = {}, visitor = createVisitor(server)) {
  const email = freshAddress();
  const first = await visitor.arrive(authorizePath(server, { screen_hint: 'sign-up', state: 's' }));
  const second = await visitor.fill(first, { email, ...fields });
  const page = await visitor.fill(second, { password: goodPassword });
  return { visitor, email: fields['email'] ?? email, page };
}

const withPassword = (email: string, password = goodPassword, query = {}) => {
  const visitor = createVisitor(server);
  return enterPassword(visitor, server, { email, password, query }).then((page) => ({ visitor, page }));
};

test('a newcomer signs up, proves their address and is sent back; every step is told in order', async () => {
  await makePerson(server.api);
  const mark = await lastEvent(server.api);
  const { visitor, email, page } = await signUp({ first_name: ' Ada ', last_name: '' });
  expect(standsAt(page)).toEqual([200, '/email-verification']);
  expect(page.html).toContain(email);
  const last = await visitor.fill(page, { code: await readCode(server, email) });
  expect(standsAt(last)).toEqual([200, '/sign-in/complete']);
  expect(targetOf(last).href.startsWith(`${callback}?code=`)).toBe(true);
  expect(targetOf(last).searchParams.get('state')).toBe('s');
  const answer = await server.sdk.userManagement.authenticateWithCode({
    clientId: server.clientId,
    code: codeOf(last),
  });
  expect(answer.user).toMatchObject({ email, emailVerified: true, firstName: 'Ada', lastName: null });
  expect(answer.authenticationMethod).toBe('Password');
  const names = await server.eventNames(mark);
  expect(names.filter((name) => name !== 'user.updated')).toEqual([
    'user.created',
    'email_verification.created',
    'authentication.password_succeeded',
    'authentication.email_verification_succeeded',
    'session.created',
  ]);
});

describe('the last page', () => {
  test('gives a new code when it is loaded again, and the older stops', async () => {
    const { email } = await makePerson(server.api);
    const { visitor, page } = await withPassword(email);
    const again = await visitor.open(page.url);
    expect(codeOf(again)).not.toBe(codeOf(page));
    expect((await redeem(server, codeOf(page))).status).toBe(400);
    expect((await redeem(server, codeOf(again))).status).toBe(200);
  });

  test('leads nowhere once the code was used, nor do those before it', async () => {
    const { email } = await makePerson(server.api);
    const { visitor, page } = await withPassword(email);
    await redeem(server, codeOf(page));
    for (const path of ['/sign-in/complete', '/sign-in', '/sign-in/password', '/organization-selection']) {
      const back = await visitor.open(page.url.replace('/sign-in/complete', path));
      expect([back.status, back.html.includes('code=')]).toEqual([400, false]);
    }
  });

  test('gives no code to somebody who was signed out meanwhile', async () => {
    const { email } = await makePerson(server.api);
    const { visitor, page } = await withPassword(email);
    const other = await visitor.open(authorizePath(server));
    const { body } = await redeem(server, new URL(other.location).searchParams.get('code') ?? '');
    const { data } = (await server.api.get(`/user_management/users/${body.user.id}/sessions`)).body;
    await server.api.post('/user_management/sessions/revoke', { session_id: data[0].id });
    expect((await visitor.open(page.url)).status).toBe(400);
  });
});

describe('what is wrong is said on the page', () => {
  test('no address, then a wrong password, the same for an unknown address', async () => {
    const { email } = await makePerson(server.api);
    const visitor = createVisitor(server);
    const first = await visitor.arrive(authorizePath(server));
    const none = await visitor.submit(first, { email: '<b>ada' });
    expect([none.status, problemIn(none)]).toEqual([422, expect.stringMatching(/^Enter your email/)]);
    expect(none.html).toContain('value="&lt;b&gt;ada"');
    const said: string[] = [];
    for (const address of [email, freshAddress()]) {
      const second = await visitor.fill(first, { email: address });
      const empty = await visitor.submit(second, {});
      expect([empty.status, problemIn(empty)]).toEqual([422, 'Enter your password.']);
      const wrong = await visitor.submit(second, { password: 'not the password' });
      expect(wrong.status).toBe(422);
      expect(wrong.html).not.toContain('not the password');
      said.push(wrong.html.replaceAll(address, ''));
    }
    expect(said[0]).toBe(said[1]);
  });

  test('a weak password, with every reason, and the names that were typed stay', async () => {
    const visitor = createVisitor(server);
    const first = await visitor.arrive(authorizePath(server, { screen_hint: 'sign-up' }));
    const wrong = await visitor.submit(first, { email: 'x', first_name: 'Ada' });
    expect([wrong.status, wrong.html.includes('value="Ada"')]).toEqual([422, true]);
    const second = await visitor.fill(first, { email: freshAddress() });
    const weak = await visitor.submit(second, { password: 'hopper' });
    expect([weak.status, problemIn(weak)]).toEqual([422, expect.stringMatching(/at least 10 characters/)]);
    expect((await visitor.submit(second, {})).status).toBe(422);
  });

  test('a wrong code counts, and the right one is over after five', async () => {
    const { visitor, email, page } = await signUp();
    const code = await readCode(server, email);
    const wrong = code === '000000' ? '000001' : '000000';
    const none = await visitor.submit(page, { code: '' });
    expect([none.status, problemIn(none)]).toEqual([422, 'Enter the code from the message.']);
    for (let guess = 0; guess < 5; guess += 1) {
      expect(problemIn(await visitor.submit(page, { code: wrong }))).toBe('The code is not correct.');
    }
    expect(problemIn(await visitor.submit(page, { code }))).toMatch(/^Too many wrong codes/);
    expect(standsAt(await visitor.fill(page, { again: 'yes' }))).toEqual([200, '/email-verification']);
    const [mail] = await readMails(server, email);
    const next = await visitor.fill(page, {
      code: /\d{6}/.exec(mail?.subject + (mail?.text ?? ''))?.[0] ?? '',
    });
    expect(standsAt(next)).toEqual([200, '/sign-in/complete']);
  });

  test('a code is over after ten minutes', async () => {
    const { visitor, email, page } = await signUp();
    const code = await readCode(server, email);
    advance(server.clock, 601_000);
    expect(problemIn(await visitor.submit(page, { code }))).toMatch(/^The code has expired/);
  });

  test('an organization of somebody else', async () => {
    const person = await makePerson(server.api);
    for (const name of ['One', 'Two <b>&']) {
      const organization_id = await makeOrganization(server.api, name);
      await makeMembership(server.api, { user_id: person.id, organization_id });
    }
    const { visitor, page } = await withPassword(person.email);
    expect(standsAt(page)).toEqual([200, '/organization-selection']);
    expect(page.html).toContain('Two &lt;b&gt;&amp;');
    for (const fields of [{}, { organization_id: await makeOrganization(server.api) }]) {
      const wrong = await visitor.submit(page, fields);
      expect([wrong.status, problemIn(wrong)]).toEqual([422, 'Choose one of your organizations.']);
    }
    const [id = ''] = /org_\w+/.exec(page.html) ?? [];
    const last = await visitor.fill(page, { organization_id: id });
    expect((await redeem(server, codeOf(last))).body.organization_id).toBe(id);
  });

  test('not being a member of the organization that was asked for; another account gets in', async () => {
    const organization_id = await makeOrganization(server.api);
    const [stranger, member] = [await makePerson(server.api), await makePerson(server.api)];
    await makeMembership(server.api, { user_id: member.id, organization_id });
    const mark = await lastEvent(server.api);
    const { visitor, page } = await withPassword(stranger.email, goodPassword, { organization_id });
    expect([page.status, problemIn(page)]).toEqual([422, expect.stringMatching(/not a member/)]);
    expect(await server.eventNames(mark)).toEqual(['authentication.password_succeeded']);
    const change = await visitor.open(page.url.replace('/password', ''));
    const last = await visitor.fill(await visitor.fill(change, { email: member.email }), {
      password: goodPassword,
    });
    expect((await redeem(server, codeOf(last))).body.organization_id).toBe(organization_id);
  });
});

describe('a page out of turn leads to where the sign-in stands', () => {
  const at = (page: Visit, path: string): string => page.url.replace(pathOf(page.url), path);

  test('before anything is proven', async () => {
    const visitor = createVisitor(server);
    const page = await visitor.arrive(authorizePath(server));
    const leads = async (path: string) => {
      const [shown, sent] = [await visitor.open(at(page, path)), await visitor.submit(page)];
      expect(sent.status).toBe(422);
      return shown.location === '' ? 'stays' : pathOf(shown.location);
    };
    expect(await leads('/sign-in/password')).toBe('/sign-in');
    expect(await leads('/sign-up/password')).toBe('/sign-up');
    expect(await leads('/email-verification')).toBe('/sign-in');
    expect(await leads('/organization-selection')).toBe('/sign-in');
    expect(await leads('/sign-in/complete')).toBe('/sign-in');
    expect(await leads('/sign-up')).toBe('stays');
  });

  test('afterwards', async () => {
    const { visitor, page } = await signUp();
    for (const path of [
      '/sign-in',
      '/sign-in/password',
      '/sign-up',
      '/sign-up/password',
      '/sign-in/complete',
    ]) {
      expect(pathOf((await visitor.open(at(page, path))).location)).toBe('/email-verification');
    }
    for (const path of ['/sign-in/password', '/organization-selection']) {
      const html = page.html.replaceAll('/email-verification', path);
      const sent = await visitor.submit(
        { ...page, html },
        { password: goodPassword, organization_id: 'org_1' },
      );
      expect([sent.status, pathOf(sent.location)]).toEqual([303, '/email-verification']);
    }
  });
});

describe('a sign-in that is not this browser’s, or over, begins anew at the application', () => {
  const enters = async (sign_in_url: string | null, expected: [number, string]): Promise<void> => {
    await server.api.patch('/management/settings', { urls: { sign_in_url } });
    const visitor = createVisitor(server);
    const page = await visitor.arrive(authorizePath(server));
    const path = page.url.slice(server.url.length);
    await registerCallback(server.other);
    // A browser that brings no cookie to a sign-in of just now is told to keep cookies: see below.
    advance(server.clock, 31_000);
    const elsewhere = `/environments/${server.other.clientId}${path}`;
    const none = page.url.replace(/attempt=.*/, 'attempt=login_attempt_none');
    for (const visit of [
      await createVisitor(server).open(page.url),
      await visitor.open(elsewhere),
      await visitor.open(none),
      await visitor.open(page.url.replace(/\?.*/, '')),
      await visitor.submit(
        { ...page, html: page.html.replace(/attempt=\w+/, 'attempt=none') },
        { email: 'a@b.c' },
      ),
    ])
      expect([visit.status, visit.location]).toEqual(expected);
    advance(server.clock, 3_601_000);
    const late = await visitor.open(page.url);
    expect([late.status, late.location]).toEqual(expected);
  };

  test('a browser that keeps no cookies is told so, instead of going round in circles', async () => {
    const page = await createVisitor(server).arrive(authorizePath(server));
    const { status, html } = await createVisitor(server).open(page.url);
    expect([status, html.includes('Your browser keeps no cookies')]).toEqual([400, true]);
  });

  test('at its sign-in address, or by a page that says so', async () => {
    await enters(null, [400, '']);
  });

  test('the address is the one that is set, whatever the request says', async () => {
    await server.other.api.patch('/management/settings', {
      urls: { sign_in_url: 'https://app.example.com/login' },
    });
    await enters('https://app.example.com/login', [302, 'https://app.example.com/login']);
    await server.api.patch('/management/settings', { urls: { sign_in_url: null } });
  });
});

describe('a forgotten password', () => {
  test('is replaced by the link that was sent, once, and signs out everywhere', async () => {
    const { email } = await makePerson(server.api);
    const { visitor, page } = await withPassword(email);
    const { origin } = new URL(page.url);
    const prefix = `${origin}/environments/${server.clientId}`;
    const start = page.url.includes('/environments/') ? prefix : origin;
    const ask = await visitor.open(`${start}/reset-password`);
    expect((await visitor.submit(ask, { email: 'ada' })).status).toBe(422);
    const sent = await visitor.submit(ask, { email: ` ${email.toUpperCase()} ` });
    expect([sent.status, sent.html.includes('If there is an account')]).toEqual([200, true]);
    const link = await readLink(server, email, 'password_reset');
    const choice = await createVisitor(server).open(link);
    expect(choice.status).toBe(200);
    const holder = createVisitor(server);
    const form = await holder.open(link);
    expect((await holder.submit(form, { password: '' })).status).toBe(422);
    const weak = await holder.submit(form, { password: 'password' });
    expect([weak.status, problemIn(weak)]).toEqual([422, expect.stringMatching(/at least 10 characters/)]);
    const done = await holder.submit(form, { password: `${goodPassword} anew` });
    expect([done.status, done.html.includes('Your password was changed')]).toEqual([200, true]);
    for (const used of [await holder.open(link), await holder.submit(form, { password: goodPassword })]) {
      expect([used.status, used.html.includes('does not work any more')]).toEqual([200, true]);
    }
    // What the former password began is over.
    expect((await visitor.open(page.url)).status).toBe(400);
    expect((await withPassword(email)).page.status).toBe(422);
    expect(standsAt((await withPassword(email, `${goodPassword} anew`)).page)).toEqual([
      200,
      '/sign-in/complete',
    ]);
  });
});

describe('what the environment switches off', () => {
  const under = async (authentication: object, back: object, work: () => Promise<void>): Promise<void> => {
    await server.api.patch('/management/settings', { authentication });
    try {
      await work();
    } finally {
      await server.api.patch('/management/settings', { authentication: back });
    }
  };

  test('passwords: nobody gets in, by a page that was open before either', async () => {
    const { email } = await makePerson(server.api);
    const visitor = createVisitor(server);
    const page = await visitor.fill(await visitor.arrive(authorizePath(server)), { email });
    await under({ is_password_enabled: false }, { is_password_enabled: true }, async () => {
      const shown = await createVisitor(server).arrive(authorizePath(server));
      expect(shown.html).toContain('Signing in is switched off');
      const sent = await visitor.submit(page, { password: goodPassword });
      expect([sent.status, problemIn(sent)]).toEqual([422, expect.stringMatching(/switched off/)]);
    });
  });

  test('sign-up: no account is made, by a page that was open before either', async () => {
    const visitor = createVisitor(server);
    const email = freshAddress();
    const first = await visitor.arrive(authorizePath(server, { screen_hint: 'sign-up' }));
    const page = await visitor.fill(first, { email });
    await under({ is_sign_up_enabled: false }, { is_sign_up_enabled: true }, async () => {
      const shown = await createVisitor(server).arrive(authorizePath(server, { screen_hint: 'sign-up' }));
      expect(shown.html).toContain('Sign-up is closed');
      const sent = await visitor.submit(page, { password: goodPassword });
      expect([sent.status, problemIn(sent)]).toEqual([422, 'Sign-up is closed.']);
      expect((await server.api.get(`/user_management/users?email=${email}`)).body.data).toEqual([]);
    });
  });
});
