// Behind a proxy that ends TLS, as in production.
import { beforeAll, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { goodPassword, makePerson } from '../../../../test/sign-in.ts';
import { authorizePath, createVisitor, registerCallback } from '../../../../test/visitor.ts';

const base = 'https://id.example.com';
const server = useServer({ externalUrl: base });

beforeAll(() => registerCallback(server));

test('cookies are bound to HTTPS and to the host (C-02)', async () => {
  const { email } = await makePerson(server.api);
  const visitor = createVisitor(server);
  const authorized = await visitor.open(base + authorizePath(server));
  expect(authorized.location.startsWith(`${base}/sign-in?`)).toBe(true);
  const first = await visitor.open(authorized.location);
  const second = await visitor.open((await visitor.submit(first, { email })).location);
  const proven = await visitor.submit(second, { password: goodPassword });
  expect(proven.location.startsWith(`${base}/sign-in/complete`)).toBe(true);
  expect([...authorized.cookies, ...proven.cookies]).toHaveLength(3);
  for (const cookie of [...authorized.cookies, ...proven.cookies]) {
    expect(cookie).toMatch(/^__Host-doorwright-(browser|session)-/);
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure(; Max-Age=\d+)?$/);
    expect(cookie).not.toContain('Domain');
  }
});

test('a cookie without the prefix, which a neighbour under the domain could plant, is not read', async () => {
  const { email } = await makePerson(server.api);
  const visitor = createVisitor(server);
  const first = await visitor.open((await visitor.open(base + authorizePath(server))).location);
  const second = await visitor.open((await visitor.submit(first, { email })).location);
  await visitor.submit(second, { password: goodPassword });
  const planted = [...(visitor.jar.get('id.example.com') ?? [])]
    .map(([name, value]) => `${name.replace('__Host-', '')}=${value}`)
    .join('; ');
  const visit = await createVisitor(server).open(base + authorizePath(server), { cookie: planted });
  expect(new URL(visit.location).pathname).toBe('/sign-in');
  expect(visit.cookies).toHaveLength(1);
});
