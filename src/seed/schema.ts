import { z } from 'zod';
import { CreatePermission, CreateRole } from '../capabilities/authorization/index.ts';
import { CreateEnvironment, CreateEnvironmentApiKey } from '../capabilities/environments/index.ts';
import { MembershipStatus } from '../capabilities/memberships/index.ts';
import { CreateOrganization } from '../capabilities/organizations/index.ts';
import { Email, PersonName } from '../capabilities/users/index.ts';
import { EventChoice } from '../capabilities/webhooks/index.ts';
import { ExternalId, Metadata } from '../platform/contract.ts';

/**
 * The seed file: the emulator's format, extended. Lists may be written as maps where the format says so. Keys of
 * capabilities that do not exist yet are known, kept and warned about; any other key is an error.
 */

const Domain = z.union([
  z.string().transform((domain) => ({ domain, state: 'verified' as const })),
  z.strictObject({ domain: z.string(), state: z.enum(['pending', 'verified']).default('verified') }),
]);

const User = z.strictObject({
  email: Email,
  password: z.string().min(1).max(256).optional(),
  first_name: PersonName.optional(),
  last_name: PersonName.optional(),
  name: PersonName.optional(),
  email_verified: z.boolean().optional(),
  external_id: ExternalId.optional(),
  metadata: Metadata.optional(),
  impersonator: z.unknown().optional(),
});
export type SeedUser = z.output<typeof User>;

/** The emulator calls the person `user_id`. */
const Membership = z
  .strictObject({
    user: z.string().min(1).optional(),
    user_id: z.string().min(1).optional(),
    role: z.string().min(1).optional(),
    roles: z.array(z.string().min(1)).min(1).optional(),
    status: MembershipStatus.optional(),
  })
  .refine(({ user, user_id }) => (user === undefined) !== (user_id === undefined), 'name the member as user')
  .refine(({ role, roles }) => role === undefined || roles === undefined, 'give either role or roles');
export type SeedMembership = z.output<typeof Membership>;

const Organization = z.strictObject({
  name: CreateOrganization.shape.name,
  external_id: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  domains: z.array(Domain).default([]),
  memberships: z.array(Membership).default([]),
  groups: z.unknown().optional(),
});
export type SeedOrganization = z.output<typeof Organization>;

const Permission = z.strictObject(CreatePermission.omit({ resource_type_slug: true }).shape);
export type SeedPermission = z.output<typeof Permission>;

/** The emulator calls the organization `organization_id`. */
const Role = z
  .strictObject({
    ...CreateRole.omit({ resource_type_slug: true }).shape,
    type: z.enum(['EnvironmentRole', 'OrganizationRole']).optional(),
    organization: z.string().min(1).optional(),
    organization_id: z.string().min(1).optional(),
    is_default_role: z.boolean().default(false),
    priority: z.int().optional(),
    permissions: z.array(z.string().min(1)).default([]),
  })
  .refine(
    ({ type, organization, organization_id: id }) =>
      (type ?? 'OrganizationRole') === 'OrganizationRole' || (organization ?? id) === undefined,
    'a role of the environment names no organization',
  )
  .refine(
    ({ type, organization, organization_id: id }) =>
      type !== 'OrganizationRole' || (organization ?? id) !== undefined,
    'name the organization',
  )
  .refine(
    ({ slug, organization, organization_id: id }) =>
      (organization ?? id) === undefined || /^org-./.test(slug),
    "a slug of an organization's role begins with org-",
  );
export type SeedRole = z.output<typeof Role>;

const KeyValue = z.string().regex(/^sk_(?!admin_)[\x21-\x7e]{4,200}$/, 'a key starts with sk_');
const ApiKey = z.union([
  KeyValue.transform((value) => ({ value, name: 'Seed' })),
  z.strictObject({ value: KeyValue, name: CreateEnvironmentApiKey.shape.name.default('Seed') }),
]);
const ApiKeys = z.union([
  z.array(ApiKey),
  z
    .record(KeyValue, z.unknown())
    .transform((keys) => Object.keys(keys).map((value) => ({ value, name: 'Seed' }))),
]);

const EndpointUrl = z
  .url({ protocol: /^https?$/, error: 'an endpoint is an http:// or https:// address' })
  .max(2_000)
  .transform((url) => new URL(url).href.replace(/#.*$/, ''));

/** The emulator calls the address `url`. */
const WebhookEndpoint = z
  .strictObject({
    url: EndpointUrl.optional(),
    endpoint_url: EndpointUrl.optional(),
    events: z.array(EventChoice).default([]),
    secret: z
      .string()
      .regex(/^[\x21-\x7e]{16,200}$/, 'a secret has 16 to 200 characters of ASCII')
      .optional(),
    status: z.enum(['enabled', 'disabled']).default('enabled'),
  })
  .refine(({ url, endpoint_url }) => (url === undefined) !== (endpoint_url === undefined), 'give the url');
export type SeedWebhookEndpoint = z.output<typeof WebhookEndpoint>;

/** Known keys of capabilities that this build does not have yet. */
export const laterKeys = [
  'connections',
  'connectApplications',
  'connectedAccounts',
  'jwtTemplate',
  'invitations',
  'directories',
  'featureFlags',
  'resourceTypes',
] as const;

const later = Object.fromEntries(laterKeys.map((key) => [key, z.unknown().optional()])) as Record<
  (typeof laterKeys)[number],
  z.ZodOptional<z.ZodUnknown>
>;

const contents = {
  users: z.array(User).default([]),
  organizations: z.array(Organization).default([]),
  permissions: z.array(Permission).default([]),
  roles: z.array(Role).default([]),
  apiKeys: ApiKeys.default([]),
  redirectUris: z.array(z.string()).default([]),
  signOutRedirects: z.array(z.string()).default([]),
  corsOrigins: z.array(z.string()).default([]),
  webhookEndpoints: z.array(WebhookEndpoint).default([]),
  ...later,
};

type Roles = z.output<typeof contents.roles>;

/** Whose a role is, as the seed names it. */
const ownerOf = ({ organization, organization_id: id }: Roles[number]): string => organization ?? id ?? '';

/** What would undo, in one seed, what it said before. */
const refuseRepeats: z.core.CheckFn<{ permissions: { slug: string }[]; roles: Roles }> = ({
  value,
  issues,
}) => {
  const seen = new Set<string>();
  const once = (kind: string, path: (string | number)[], message: string): void => {
    if (seen.has(kind)) issues.push({ code: 'custom', input: value, path, message });
    seen.add(kind);
  };
  for (const [index, { slug }] of value.permissions.entries()) {
    once(`permission ${slug}`, ['permissions', index, 'slug'], `'${slug}' is in this list already`);
  }
  for (const [index, role] of value.roles.entries()) {
    const owner = ownerOf(role);
    const { slug, is_default_role: isDefault } = role;
    once(`role ${slug} ${owner}`, ['roles', index, 'slug'], `'${slug}' is in this list already`);
    if (isDefault)
      once(`default ${owner}`, ['roles', index, 'is_default_role'], 'another role is the default already');
  }
};

const Contents = z.strictObject(contents).check(refuseRepeats);
export type SeedContents = z.output<typeof Contents>;

const Environment = z
  .strictObject({
    name: CreateEnvironment.shape.name,
    kind: z.enum(['sandbox', 'production']).default('sandbox'),
    client_id: z.string().regex(/^client_[\x21-\x7e]{1,100}$/, 'a client id starts with client_'),
    api_key: KeyValue.optional(),
    ...contents,
  })
  .check(refuseRepeats);
export type SeedEnvironment = z.output<typeof Environment>;

export const SeedFile = z
  .strictObject({ ...contents, environments: z.array(Environment).default([]) })
  .check(refuseRepeats);
export type SeedFile = z.output<typeof SeedFile>;
