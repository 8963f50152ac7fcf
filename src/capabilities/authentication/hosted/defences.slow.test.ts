// What attackers try on the pages: another site's forms, planted cookies, framing, markup, and counting.
import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { readCode, readMails } from '../../../../test/mailbox.ts';
import { makeMembership, makeOrganization } from '../../../../test/people.ts';
import { goodPassword, makePerson } from '../../../../test/sign-in.ts';
import { advance } from '../../../../test/time.ts';
import {
  type Visit,
  type Visitor,
  actionOf,
  authorizePath,
  callback,
  codeOf,
  createVisitor,
  csrfOf,
  enterPassword,
  pathOf,
  problemIn,
  registerCallback,
} from '../../../../test/visitor.ts';

const server = useServer();
let count = 0;

beforeAll(async () => {
  server.startJobs();
  await registerCallback(server);
});

const freshAddress = (): string => `target${(count += 1)}@example.com`;

const start = (visitor: Visitor, query: Record<string, string> = {}): Promise<Visit> =>
  visitor.arrive(authorizePath(server, query));

const resetPath = (): string => `/environments/${server.clientId}/reset-password`;

/** The way of a newcomer to the page that asks for a code. */
async function signUp(email: string, names: Record<string, string> = {}) {
  const visitor = createVisitor(server);
  const first = await start(visitor, { screen_hint: 'sign-up' });
  const second = await visitor.fill(first, { email, ...names });
  const sent = await visitor.submit(second, { password: goodPassword });
  return { visitor, second, sent, page: await visitor.arrive(sent.location) };
}

/** Every page in every state that another one of these tests does not look at closer. */
async function visitAll(): Promise<Visit[]> {
  const person = await makePerson(server.api);
  for (const name of ['One', 'Two']) {
    const organization_id = await makeOrganization(server.api, name);
    await makeMembership(server.api, { user_id: person.id, organization_id });
  }
  const visitor = createVisitor(server);
  const authorized = await visitor.open(authorizePath(server));
  const first = await visitor.open(authorized.location);
  const second = await visitor.fill(first, { email: person.email });
  const wrong = await visitor.submit(second, { password: 'not the password' });
  const proven = await visitor.submit(second, { password: goodPassword });
  const choice = await visitor.open(proven.location);
  const chosen = await visitor.submit(choice, { organization_id: /org_\w+/.exec(choice.html)?.[0] ?? '' });
  const last = await visitor.open(chosen.location);
  const newcomer = await signUp(freshAddress());
  const reset = await visitor.open(resetPath());
  return [
    authorized,
    first,
    second,
    wrong,
    proven,
    choice,
    chosen,
    last,
    newcomer.second,
    newcomer.sent,
    newcomer.page,
    reset,
    await visitor.submit(reset, { email: person.email }),
    await visitor.open(`${resetPath()}?token=none`),
    await visitor.open('/sign-in?attempt=none'),
    await visitor.open('/sign-in?attempt=a&attempt=b'),
    await visitor.send('/sign-in', 'csrf=x'),
    await visitor.open(authorizePath(server, { redirect_uri: 'https://evil.example/' })),
  ];
}

test('no page can be framed, kept by a cache or tell where it was, and none runs foreign script (O-20)', async () => {
  for (const visit of await visitAll()) {
    expect(visit.headers['cache-control'], visit.url).toBe('no-store');
    expect(visit.headers['access-control-allow-origin']).toBeUndefined();
    if (visit.location !== '') continue;
    const policy = String(visit.headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ]) {
      expect(policy, visit.url).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(visit.headers['referrer-policy']).toBe('no-referrer');
    expect(visit.headers['x-content-type-options']).toBe('nosniff');
    expect(visit.html).not.toMatch(/<script(?! src="\/_assets)| on\w+="|style="/);
  }
});

test('a script of an origin that may call the API reads no page', async () => {
  await server.api.post('/user_management/cors_origins', { origin: 'https://spa.example.com' });
  const visitor = createVisitor(server);
  const page = await start(visitor);
  const visit = await visitor.open(page.url, { origin: 'https://spa.example.com' });
  expect([visit.status, visit.headers['access-control-allow-origin']]).toEqual([200, undefined]);
});

describe('a form that is not from our page in this browser is refused, and changes nothing (C-03)', () => {
  const forms: [string, (visitor: Visitor) => Promise<{ page: Visit; fields: Record<string, string> }>][] = [
    ['sign-in', async (visitor) => ({ page: await start(visitor), fields: { email: 'a@example.com' } })],
    [
      'the password',
      async (visitor) => {
        const { email } = await makePerson(server.api);
        const page = await visitor.fill(await start(visitor), { email });
        return { page, fields: { password: goodPassword } };
      },
    ],
    [
      'sign-up',
      async (visitor) => ({
        page: await start(visitor, { screen_hint: 'sign-up' }),
        fields: { email: freshAddress() },
      }),
    ],
    [
      'resetting a password',
      async (visitor) => ({ page: await visitor.open(resetPath()), fields: { email: 'a@example.com' } }),
    ],
  ];
  test.each(forms)('%s', async (_, find) => {
    const visitor = createVisitor(server);
    const { page, fields } = await find(visitor);
    const other = createVisitor(server);
    const foreign = csrfOf(await start(other));
    const sent = async (changes: Record<string, string>, headers = {}) => {
      const visit = await visitor.submit(page, { ...fields, ...changes }, headers);
      return [visit.status, visit.location, visit.cookies];
    };
    const refused = [403, '', []];
    expect(await sent({ csrf: '' })).toEqual(refused);
    expect(await sent({ csrf: foreign })).toEqual(refused);
    expect(await sent({ csrf: csrfOf(page).toLowerCase() })).toEqual(refused);
    const noCookie = await createVisitor(server).submit(page, fields);
    expect([noCookie.status, noCookie.location]).toEqual([403, '']);
    expect(await sent({}, { origin: 'https://evil.example' })).toEqual(refused);
    expect(await sent({}, { origin: server.url.replace('127.0.0.1', '127.0.0.1.evil.example') })).toEqual(
      refused,
    );
    expect(await sent({}, { 'sec-fetch-site': 'cross-site' })).toEqual(refused);
    expect(await sent({}, { 'sec-fetch-site': 'same-site', origin: server.url })).toEqual(refused);
    const body = { csrf: csrfOf(page), ...fields };
    for (const [type, text] of [
      ['text/plain', new URLSearchParams(body).toString()],
      ['application/json', JSON.stringify(body)],
      ['multipart/form-data; boundary=x', '--x--'],
    ] as const) {
      const visit = await visitor.send(actionOf(page), text, { 'content-type': type });
      expect([visit.status, visit.location], type).toEqual([415, '']);
    }
    const own = await visitor.submit(page, fields, { 'sec-fetch-site': 'same-origin', origin: 'null' });
    expect([200, 303]).toContain(own.status);
  });
});

const browserCookie = (): string => `doorwright-browser-${server.clientId}`;
const sessionCookie = (): string => `doorwright-session-${server.clientId}`;

describe('cookies', () => {
  test('no script, no other site and no other path sees one (C-02)', async () => {
    const cookies = (await visitAll()).flatMap((visit) => visit.cookies);
    expect(cookies.length).toBeGreaterThan(3);
    for (const cookie of cookies) {
      expect(cookie).toMatch(
        /^doorwright-(browser|session)-client_\w+=\w{43}; Path=\/; HttpOnly; SameSite=Lax(; Max-Age=\d+)?$/,
      );
    }
  });

  test('a cookie that somebody else planted shares nothing of what is proven (C-01)', async () => {
    const attacker = createVisitor(server);
    const victim = createVisitor(server);
    const person = await makePerson(server.api);
    for (const name of ['One', 'Two']) {
      const organization_id = await makeOrganization(server.api, name);
      await makeMembership(server.api, { user_id: person.id, organization_id });
    }
    const planted = await start(attacker);
    const host = new URL(server.url).host;
    victim.jar.set(host, new Map(attacker.jar.get(host)));
    const page = await victim.open(planted.url);
    const choice = await victim.fill(await victim.fill(page, { email: person.email }), {
      password: goodPassword,
    });
    expect(pathOf(choice.url)).toBe('/organization-selection');
    const proven = victim.jar.get(host)?.get(browserCookie());
    expect(proven).not.toBe(attacker.jar.get(host)?.get(browserCookie()));
    expect((await attacker.open(choice.url)).status).toBe(400);
    expect((await attacker.submit(choice, { organization_id: 'org_1' })).status).toBe(403);
    const last = await victim.fill(choice, { organization_id: /org_\w+/.exec(choice.html)?.[0] ?? '' });
    expect(victim.jar.get(host)?.get(browserCookie())).not.toBe(proven);
    const stolen = await attacker.open(last.url);
    expect([stolen.status, stolen.html.includes('code=')]).toEqual([400, false]);
  });

  test('a planted sign-up is not shared either, with an address that has an account or not', async () => {
    const taken = await makePerson(server.api);
    for (const email of [freshAddress(), taken.email]) {
      const { sent } = await signUp(email);
      expect(sent.cookies.map((cookie) => cookie.split('=')[0])).toEqual([browserCookie()]);
    }
  });

  test('a session cookie that nobody gave does nothing, and signing in replaces it', async () => {
    const { email } = await makePerson(server.api);
    const visitor = createVisitor(server);
    const host = new URL(server.url).host;
    for (const value of ['x'.repeat(43), '', "' or 1=1 --", 'x'.repeat(5_000)]) {
      visitor.jar.set(host, new Map([[sessionCookie(), value]]));
      expect(pathOf((await visitor.open(authorizePath(server))).location)).toBe('/sign-in');
    }
    const page = await enterPassword(visitor, server, { email, password: goodPassword });
    expect(pathOf(page.url)).toBe('/sign-in/complete');
    expect(visitor.jar.get(host)?.get(sessionCookie())).toMatch(/^\w{43}$/);
    const second = await enterPassword(visitor, server, { email, password: goodPassword });
    expect(codeOf(second)).not.toBe('');
  });
});

test('nothing that a visitor sends chooses where they go', async () => {
  const evil = 'https://evil.example/';
  const extra = new URLSearchParams(
    ['return_to', 'redirect', 'next', 'url', 'redirect_uri', 'page'].map((name): [string, string] => [
      name,
      evil,
    ]),
  ).toString();
  const visitor = createVisitor(server);
  const page = await start(visitor);
  const shown = await visitor.open(`${page.url}&${extra}`, {
    referer: evil,
    'x-forwarded-host': 'evil.example',
  });
  expect(shown.html).not.toContain('evil.example');
  const { email } = await makePerson(server.api);
  const sent = await visitor.submit(page, { email, ...Object.fromEntries(new URLSearchParams(extra)) });
  expect(sent.location.startsWith(`${server.url}/`)).toBe(true);
  const last = await visitor.fill(await visitor.open(sent.location), { password: goodPassword });
  expect(last.html).not.toContain('evil.example');
  expect(last.html).toContain(`content="0;url=${callback}?code=`);
});

describe('markup is text, wherever it was put', () => {
  const canary = `"'><img src=x onerror=alert(1)><script>alert(1)</script>`;
  const looksHarmless = (html: string): void => expect(html).not.toMatch(/<img src=x|<script>/);

  test('in names and organization names, on the pages and in messages (T-06)', async () => {
    const email = freshAddress();
    const { visitor, page } = await signUp(email, { first_name: canary, last_name: canary });
    looksHarmless(page.html);
    const last = await visitor.fill(page, { code: await readCode(server, email) });
    expect(pathOf(last.url)).toBe('/sign-in/complete');
    const user = (await server.api.get(`/user_management/users?email=${email}`)).body.data[0];
    expect(user.first_name).toBe(canary);
    for (const name of [canary, `${canary} Ltd.`]) {
      const organization_id = await makeOrganization(server.api, name);
      await makeMembership(server.api, { user_id: user.id, organization_id });
    }
    const choice = await enterPassword(createVisitor(server), server, { email, password: goodPassword });
    expect(pathOf(choice.url)).toBe('/organization-selection');
    looksHarmless(choice.html);
    for (const mail of await readMails(server, email)) looksHarmless(mail.html);
  });

  test('in the state, an address and whatever is shown again', async () => {
    const visitor = createVisitor(server);
    const page = await start(visitor, { state: canary, login_hint: canary });
    looksHarmless(page.html);
    looksHarmless((await visitor.submit(page, { email: canary })).html);
    const odd = `"${'<script>'}"@example.com`;
    const next = await visitor.fill(page, { email: odd });
    looksHarmless(next.html);
    const { email } = await makePerson(server.api);
    const last = await enterPassword(createVisitor(server), server, {
      email,
      password: goodPassword,
      query: { state: canary },
    });
    looksHarmless(last.html);
    expect(last.html).toContain('state=%22%27%3E%3Cimg');
  });

  test('line breaks and turned directions in a name are refused, with the fields marked (T-07)', async () => {
    const email = freshAddress();
    const visitor = createVisitor(server);
    const form = await start(visitor, { screen_hint: 'sign-up' });
    const bad = { email, first_name: 'Ada\r\nBcc: evil@example.com', last_name: '\u202Eevil' };
    const refused = await visitor.submit(form, bad);
    expect(refused.status).toBe(422);
    for (const field of ['first_name', 'last_name']) {
      expect(refused.html).toContain(`Your ${field.replace('_', ' ')} has invisible characters in it.`);
      expect(refused.html).toMatch(new RegExp(`<input[^>]*name="${field}"[^>]*aria-invalid="true"`));
    }
    const next = await visitor.fill(refused, { ...bad, first_name: 'Ada', last_name: 'עדה 👩🏽\u200d🚀' });
    expect((await visitor.submit(next, { password: goodPassword })).status).toBe(303);
    await readCode(server, email);
    const mails = await readMails(server, email);
    expect(mails.map(({ to, kind }) => [to, kind])).toEqual([[email, 'email_verification']]);
    expect(JSON.stringify(mails)).not.toContain('evil@example.com');
    expect(await readMails(server, 'evil@example.com')).toEqual([]);
  });
});

describe('nobody learns who has an account (P-08)', () => {
  /** An answer without what is random in it. */
  const shapeOf = (visit: Visit, email: string): string =>
    JSON.stringify([
      visit.status,
      visit.location,
      visit.cookies,
      Object.keys(visit.headers).sort(),
      visit.html,
    ])
      .replaceAll(email, 'ADDRESS')
      .replace(/login_attempt_\w+/g, 'ATTEMPT')
      .replace(/=\w{43}/g, '=TOKEN')
      .replace(/csrf\\" value=\\"[^"]*"/g, 'CSRF');

  test('signing up with a taken address looks the same at every step, and only its owner is told', async () => {
    const taken = await makePerson(server.api);
    const shapes: string[][] = [];
    for (const email of [freshAddress(), taken.email]) {
      const { visitor, second, sent, page } = await signUp(email, { first_name: 'Ada' });
      const steps = [second, sent, page];
      for (let guess = 0; guess < 7; guess += 1) steps.push(await visitor.submit(page, { code: '000000' }));
      steps.push(await visitor.submit(page, { code: '' }), await visitor.submit(page, { again: 'yes' }));
      steps.push(await visitor.submit(page, { code: '000000' }));
      advance(server.clock, 601_000);
      steps.push(await visitor.submit(page, { code: '000000' }));
      shapes.push(steps.map((step) => shapeOf(step, email)));
    }
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[0]?.join()).toMatch(/not correct.*Too many.*not correct.*expired/s);
    const mails = await readMails(server, taken.email);
    expect(mails.map(({ kind }) => kind)).toEqual(['sign_up']);
    const { data } = (await server.api.get(`/user_management/users?email=${taken.email}`)).body;
    expect(data).toMatchObject([{ id: taken.id, first_name: null }]);
    expect(
      (await enterPassword(createVisitor(server), server, { email: taken.email, password: goodPassword }))
        .status,
    ).toBe(200);
  });

  test('of ten who sign up with one address at once, all see the same, and one account is made', async () => {
    const email = freshAddress();
    const all = await Promise.all(Array.from({ length: 10 }, () => signUp(email)));
    expect(new Set(all.map(({ page }) => shapeOf(page, email))).size).toBe(1);
    expect((await server.api.get(`/user_management/users?email=${email}`)).body.data).toHaveLength(1);
  });

  test('asking for a reset looks the same, and only who has an account gets mail', async () => {
    const { email } = await makePerson(server.api);
    const nobody = freshAddress();
    const visitor = createVisitor(server);
    const page = await visitor.open(resetPath());
    const shapes: string[] = [];
    for (const address of [nobody, email]) {
      shapes.push(shapeOf(await visitor.submit(page, { email: address }), address));
    }
    expect(shapes[1]).toBe(shapes[0]);
    await expect.poll(async () => (await readMails(server, email)).length).toBe(1);
    expect(await readMails(server, nobody)).toEqual([]);
  });

  test('a wrong password and an unknown address look the same', async () => {
    const { email } = await makePerson(server.api);
    const shapes: string[] = [];
    for (const address of [freshAddress(), email]) {
      const page = await enterPassword(createVisitor(server), server, { email: address, password: 'no' });
      expect(problemIn(page)).toBe('The email address or password is not correct.');
      shapes.push(shapeOf(page, address));
    }
    expect(shapes[1]).toBe(shapes[0]);
  });
});
