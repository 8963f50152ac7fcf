// The newest official SDK, under the Node.js that it needs, against the built program: the calls of test/sdk once more.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  AuthenticationException,
  BadRequestException,
  GenericServerException,
  NotFoundException,
  OauthException,
  RateLimitExceededException,
  UnauthorizedException,
  UnprocessableEntityException,
  WorkOS,
} from '@workos-inc/node';
import { startProgram } from '../program.ts';

/** The Node.js of the run, which is the one that people use; `npm test` names it. */
const ordinaryNode = process.env.DOORWRIGHT_TEST_NODE ?? 'node';

const hosts = [
  ['the ordinary Node.js', ordinaryNode],
  ['this newer Node.js', process.execPath],
];

/** Starts the program with a data directory of its own. */
async function start(node, environment = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'doorwright-newer-node-'));
  const program = await startProgram(
    { DOORWRIGHT_DATA_DIR: join(folder, 'data'), ...environment },
    ['dev', '--json'],
    node,
  );
  const close = async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...program, close };
}

const sdkOf = ({ url, apiKey, clientId }, options = {}) =>
  new WorkOS(apiKey, {
    apiHostname: '127.0.0.1',
    port: Number(new URL(url).port),
    https: false,
    clientId,
    ...options,
  });

const password = 'correct horse battery staple 9';
const cookiePassword = 'a cookie password of 32 characters';

/** What a call is refused with. */
const refusalOf = (call) =>
  call.then(
    () => assert.fail('the call was answered'),
    (error) => error,
  );

/** An event can be read when no older transaction runs any more, which a job of the program may be. */
async function untilReadable(list, count) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await list()).data.length === count) return;
    await setTimeout(50);
  }
  assert.fail(`there are no ${count} events`);
}

test('this SDK and this Node.js are the newer ones', () => {
  assert.match(process.version, /^v24\./);
  assert.match(sdkOf({ url: 'http://127.0.0.1:1', apiKey: 'sk_test_a' }).version, /^11\./);
});

for (const [name, node] of hosts) {
  describe(`against the program under ${name}`, () => {
    let program;
    let sdk;

    before(async () => {
      program = await start(node);
      sdk = sdkOf(program);
    });
    after(() => program.close());

    test('an organization is created, read, updated and deleted', async () => {
      const created = await sdk.organizations.createOrganization({
        name: 'Foo Corp',
        externalId: 'customer-1',
        metadata: { tier: 'gold', region: 'eu' },
        domainData: [{ domain: 'foo-corp.com', state: 'verified' }],
      });
      assert.match(created.id, /^org_[0-9A-Z]{26}$/);
      assert.equal(created.externalId, 'customer-1');
      assert.deepEqual(
        created.domains.map(({ domain, state }) => [domain, state]),
        [['foo-corp.com', 'verified']],
      );
      assert.deepEqual(await sdk.organizations.getOrganization(created.id), created);
      assert.deepEqual(await sdk.organizations.getOrganizationByExternalId('customer-1'), created);
      const updated = await sdk.organizations.updateOrganization({
        organization: created.id,
        name: 'Bar Corp',
        metadata: { tier: null, plan: 'b' },
        domainData: [{ domain: 'bar-corp.com', state: 'pending' }],
      });
      assert.equal(updated.name, 'Bar Corp');
      assert.deepEqual(updated.metadata, { region: 'eu', plan: 'b' });
      assert.deepEqual(
        updated.domains.map(({ domain }) => domain),
        ['bar-corp.com'],
      );
      await sdk.organizations.deleteOrganization(created.id);
      await assert.rejects(sdk.organizations.getOrganization(created.id), NotFoundException);
    });

    test('autoPagination returns each of 150 organizations once', async () => {
      const names = Array.from({ length: 150 }, (_, index) => `Organization ${index}`);
      for (const organization of names) await sdk.organizations.createOrganization({ name: organization });
      const all = await (await sdk.organizations.listOrganizations({ order: 'asc' })).autoPagination();
      assert.deepEqual(
        all.map((organization) => organization.name).filter((organization) => names.includes(organization)),
        names,
      );
      const page = await sdk.organizations.listOrganizations({ limit: 2, domains: ['example.com'] });
      assert.deepEqual(
        page.data.map((organization) => organization.name),
        ['Test Organization'],
      );
    });

    test('a domain is added, read, verified again and deleted', async () => {
      const { id: organizationId } = await sdk.organizations.createOrganization({ name: 'Domains' });
      const domain = await sdk.organizationDomains.createOrganizationDomain({
        organizationId,
        domain: 'domains-corp.com',
      });
      assert.equal(domain.state, 'pending');
      assert.deepEqual(await sdk.organizationDomains.getOrganizationDomain(domain.id), domain);
      assert.deepEqual(await sdk.organizationDomains.verifyOrganizationDomain(domain.id), domain);
      await sdk.organizationDomains.deleteOrganizationDomain(domain.id);
      await assert.rejects(sdk.organizationDomains.getOrganizationDomain(domain.id), NotFoundException);
    });

    test('events are read by type, organization and range, page by page', async () => {
      const { id } = await sdk.organizations.createOrganization({ name: 'Eventful' });
      await sdk.organizations.updateOrganization({ organization: id, name: 'Renamed' });
      const events = ['organization.created', 'organization.updated'];
      const options = {
        events,
        organizationId: id,
        rangeStart: new Date(Date.now() - 3_600_000).toISOString(),
      };
      await untilReadable(() => sdk.events.listEvents(options), 2);
      const first = await sdk.events.listEvents({ ...options, limit: 1 });
      assert.deepEqual(
        first.data.map(({ event, data }) => [event, data.name]),
        [['organization.created', 'Eventful']],
      );
      const { rangeStart: _, ...rest } = options;
      const second = await sdk.events.listEvents({ ...rest, limit: 1, after: first.listMetadata.after });
      assert.deepEqual(
        second.data.map(({ event }) => event),
        ['organization.updated'],
      );
      assert.deepEqual(second.data[0].context.previous_attributes, { name: 'Eventful' });
      const newest = await sdk.events.listEvents({ events, organizationId: id, order: 'desc' });
      assert.deepEqual(
        newest.data.map(({ event }) => event),
        events.toReversed(),
      );
    });

    test('a user is created, found, updated, verified and deleted', async () => {
      const { userManagement } = sdk;
      const created = await userManagement.createUser({
        email: 'newer@example.com',
        firstName: 'Ann',
        lastName: 'Lee',
        externalId: 'newer',
        metadata: { plan: 'gold', region: 'eu' },
        password: 'mauve otter quartz lantern',
      });
      assert.match(created.id, /^user_[0-9A-Z]{26}$/);
      assert.equal(created.name, 'Ann Lee');
      assert.deepEqual(await userManagement.getUser(created.id), created);
      assert.deepEqual(await userManagement.getUserByExternalId('newer'), created);
      const found = await userManagement.listUsers({ email: 'NEWER@example.com' });
      assert.deepEqual(found.data, [created]);
      assert.deepEqual(await userManagement.getUserIdentities(created.id), []);
      const updated = await userManagement.updateUser({
        userId: created.id,
        firstName: 'Eve',
        metadata: { plan: null },
      });
      assert.deepEqual([updated.name, updated.metadata], ['Eve Lee', { region: 'eu' }]);
      await userManagement.sendVerificationEmail({ userId: created.id });
      const events = () => sdk.events.listEvents({ events: ['email_verification.created'] });
      await untilReadable(events, 1);
      const [{ data }] = (await events()).data;
      const { code, userId } = await userManagement.getEmailVerification(data.id);
      assert.equal(userId, created.id);
      const { user } = await userManagement.verifyEmail({ userId, code });
      assert.equal(user.emailVerified, true);
      await userManagement.deleteUser(created.id);
      await assert.rejects(userManagement.getUser(created.id), NotFoundException);
    });

    test('a password is imported, signs in, and is reset', async () => {
      const { userManagement } = sdk;
      const email = 'imported@example.com';
      const { id } = await userManagement.createUser({
        email,
        emailVerified: true,
        passwordHash: '$2y$10$eEDJpesoDDkIdaH24aSxCurKplk5QGYFZflDe8Ed2eWv9tp9xWamW',
        passwordHashType: 'bcrypt',
      });
      const signIn = (password) =>
        userManagement.authenticateWithPassword({ clientId: program.clientId, email, password });
      assert.equal((await signIn('correct horse battery staple')).user.id, id);
      const reset = await userManagement.createPasswordReset({ email });
      assert.deepEqual(await userManagement.getPasswordReset(reset.id), reset);
      const change = { token: reset.passwordResetToken, newPassword: 'a violet heron under seven bridges' };
      assert.equal((await userManagement.resetPassword(change)).user.id, id);
      await assert.rejects(userManagement.resetPassword(change), NotFoundException);
      assert.equal((await signIn(change.newPassword)).user.id, id);
    });

    test('an idempotency key makes one organization of two calls', async () => {
      const options = { idempotencyKey: 'one-of-two' };
      const first = await sdk.organizations.createOrganization({ name: 'Once' }, options);
      assert.deepEqual(await sdk.organizations.createOrganization({ name: 'Once' }, options), first);
      await assert.rejects(sdk.organizations.createOrganization({ name: 'Other' }, options), {
        name: 'ConflictException',
        status: 409,
        code: 'idempotency_key_conflict',
      });
    });

    test('the SDK repeats a call whose answer was lost, and one organization is made', async () => {
      const keys = [];
      const losesTheFirst = async (url, init) => {
        const response = await fetch(url, init);
        if (init.method !== 'POST') return response;
        keys.push(new Headers(init.headers).get('idempotency-key'));
        if (keys.length === 1) throw new TypeError('terminated');
        return response;
      };
      const unlucky = sdkOf(program, { fetchFn: losesTheFirst });
      const made = await unlucky.organizations.createOrganization({ name: 'Lost and found' });
      assert.match(keys[0], /^retry-/);
      assert.deepEqual(keys, [keys[0], keys[0]]);
      const found = await unlucky.organizations.listOrganizations({ search: 'Lost and found' });
      assert.deepEqual(
        found.data.map(({ id }) => id),
        [made.id],
      );
    });

    test('somebody signs in by password, code and organization, refreshes, and is signed out', async () => {
      const { userManagement } = sdk;
      const email = 'newcomer@example.com';
      const user = await userManagement.createUser({ email, password });
      const organizationIds = [];
      for (const organization of ['Left', 'Right']) {
        const { id: organizationId } = await sdk.organizations.createOrganization({ name: organization });
        await userManagement.createOrganizationMembership({ userId: user.id, organizationId });
        organizationIds.push(organizationId);
      }
      const unverified = await refusalOf(userManagement.authenticateWithPassword({ email, password }));
      assert.ok(unverified instanceof AuthenticationException, unverified.name);
      assert.equal(unverified.code, 'email_verification_required');
      const { code } = await userManagement.getEmailVerification(unverified.rawData.email_verification_id);
      const asked = await refusalOf(
        userManagement.authenticateWithEmailVerification({
          code,
          pendingAuthenticationToken: unverified.pendingAuthenticationToken,
        }),
      );
      assert.ok(asked instanceof AuthenticationException, asked.name);
      assert.equal(asked.code, 'organization_selection_required');
      const signedIn = await userManagement.authenticateWithOrganizationSelection({
        organizationId: organizationIds[0],
        pendingAuthenticationToken: asked.pendingAuthenticationToken,
        session: { sealSession: true, cookiePassword },
      });
      assert.equal(signedIn.organizationId, organizationIds[0]);
      const moved = await userManagement.authenticateWithRefreshToken({
        refreshToken: signedIn.refreshToken,
        organizationId: organizationIds[1],
      });
      assert.equal(moved.organizationId, organizationIds[1]);
      const [session] = (await userManagement.listSessions(user.id)).data;
      assert.deepEqual([session.status, session.organizationId], ['active', organizationIds[1]]);
      await userManagement.revokeSession({ sessionId: session.id });
      assert.deepEqual((await userManagement.listSessions(user.id)).data, []);
      const over = await refusalOf(
        userManagement.authenticateWithRefreshToken({ refreshToken: moved.refreshToken }),
      );
      assert.ok(over instanceof OauthException, over.name);
      assert.equal(over.error, 'invalid_grant');
    });

    test('a sealed session is authenticated, refreshed and signed out', async () => {
      const { userManagement } = sdk;
      const email = 'sealed@example.com';
      await userManagement.createUser({ email, password, emailVerified: true });
      const { sealedSession: sessionData } = await userManagement.authenticateWithPassword({
        email,
        password,
        session: { sealSession: true, cookiePassword },
      });
      const session = userManagement.loadSealedSession({ sessionData, cookiePassword });
      assert.equal((await session.authenticate()).authenticated, true);
      assert.equal((await session.refresh()).authenticated, true);
      const byCookie = await userManagement.authenticateWithSessionCookie({ sessionData, cookiePassword });
      assert.equal(byCookie.authenticated, true);
      await fetch(await session.getLogoutUrl(), { redirect: 'manual' });
      const over = await session.refresh();
      assert.deepEqual([over.authenticated, over.reason], [false, 'invalid_grant']);
      const damaged = userManagement.loadSealedSession({ sessionData: sessionData.slice(9), cookiePassword });
      assert.equal((await damaged.authenticate()).authenticated, false);
    });

    test('permissions and roles, of the environment and of an organization', async () => {
      const { authorization, organizations } = sdk;
      const slugs = ({ data }) => data.map(({ slug }) => slug);
      for (const slug of ['bills:pay', 'bills:read']) {
        await authorization.createPermission({ slug, name: slug });
      }
      const renamed = await authorization.updatePermission('bills:pay', { name: 'Pay', description: null });
      assert.deepEqual(await authorization.getPermission('bills:pay'), renamed);
      assert.deepEqual(slugs(await authorization.listPermissions({ limit: 2 })), ['bills:read', 'bills:pay']);
      await authorization.createEnvironmentRole({ slug: 'payer', name: 'Payer' });
      await authorization.updateEnvironmentRole('payer', { description: 'Pays' });
      await authorization.setEnvironmentRolePermissions('payer', { permissions: ['bills:read'] });
      await authorization.addEnvironmentRolePermission('payer', { permissionSlug: 'bills:pay' });
      const payer = await authorization.getEnvironmentRole('payer');
      assert.deepEqual([payer.description, payer.permissions], ['Pays', ['bills:pay', 'bills:read']]);
      assert.deepEqual(slugs(await authorization.listEnvironmentRoles()), ['member', 'payer']);

      const { id } = await organizations.createOrganization({ name: 'Roles' });
      await authorization.createOrganizationRole(id, { slug: 'org-clerk', name: 'Clerk' });
      await authorization.updateOrganizationRole(id, 'org-clerk', { name: 'Clerks' });
      await authorization.setOrganizationRolePermissions(id, 'org-clerk', { permissions: ['bills:pay'] });
      await authorization.addOrganizationRolePermission(id, 'org-clerk', { permissionSlug: 'bills:read' });
      await authorization.removeOrganizationRolePermission(id, 'org-clerk', { permissionSlug: 'bills:pay' });
      const clerk = await authorization.getOrganizationRole(id, 'org-clerk');
      assert.deepEqual(
        [clerk.name, clerk.type, clerk.permissions],
        ['Clerks', 'OrganizationRole', ['bills:read']],
      );
      assert.deepEqual(slugs(await authorization.listOrganizationRoles(id)), [
        'member',
        'payer',
        'org-clerk',
      ]);
      await authorization.deletePermission('bills:read');
      assert.deepEqual((await authorization.getOrganizationRole(id, 'org-clerk')).permissions, []);
      await authorization.deleteOrganizationRole(id, 'org-clerk');
      await assert.rejects(authorization.getOrganizationRole(id, 'org-clerk'), NotFoundException);
    });

    test('each refusal is the exception that its status stands for, with a request id', async () => {
      const refusals = [
        [
          () => sdk.organizations.createOrganization({ name: 'A', metadata: { k: 'x'.repeat(601) } }),
          BadRequestException,
          400,
        ],
        [
          () => sdk.organizations.createOrganization({ name: 'B', externalId: 'taken' }),
          GenericServerException,
          400,
        ],
        [
          () => sdkOf({ ...program, apiKey: 'sk_test_unknown' }).organizations.listOrganizations(),
          UnauthorizedException,
          401,
        ],
        [() => sdk.organizations.getOrganization('org_unknown'), NotFoundException, 404],
        [() => sdk.organizations.createOrganization({ name: '' }), UnprocessableEntityException, 422],
      ];
      await sdk.organizations.createOrganization({ name: 'A', externalId: 'taken' });
      for (const [refused, type, status] of refusals) {
        await assert.rejects(refused, (error) => {
          assert.ok(error instanceof type, error.name);
          assert.equal(error.status, status);
          assert.match(error.requestID, /^req_[0-9A-Z]{26}$/);
          return true;
        });
      }
    });
  });
}

test('too many requests are a RateLimitExceededException that says how long to wait', async () => {
  const program = await start(ordinaryNode, { DOORWRIGHT_RATE_LIMITS: '0.0005' });
  try {
    const sdk = sdkOf(program, { maxRetries: 0 });
    for (let count = 0; count < 3; count += 1) await sdk.organizations.listOrganizations();
    await assert.rejects(sdk.organizations.listOrganizations(), (error) => {
      assert.ok(error instanceof RateLimitExceededException, error.name);
      assert.ok(error.retryAfter >= 1 && error.retryAfter <= 60);
      return true;
    });
  } finally {
    await program.close();
  }
});
