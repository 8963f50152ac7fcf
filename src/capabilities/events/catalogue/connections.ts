import { z } from 'zod';
import { Timestamp } from '../../../platform/contract.ts';
import { family } from './family.ts';
import { changed, ids, made, times } from './samples.ts';

const connectionTypes = (
  'ADFSSAML AdpOidc AppleOAuth Auth0Migration Auth0SAML AzureSAML BitbucketOAuth CasSAML ClassLinkSAML CleverOIDC ' +
  'CloudflareSAML CyberArkSAML DiscordOAuth DuoSAML EntraIdOIDC GenericOIDC GenericSAML GitHubOAuth GitLabOAuth ' +
  'GoogleOAuth GoogleOIDC GoogleSAML GrokOAuth XOAuth IntuitOAuth JumpCloudSAML KeycloakSAML LastPassSAML ' +
  'LinkedInOAuth LoginGovOidc MagicLink MicrosoftOAuth MiniOrangeSAML NetIqSAML OktaOIDC OktaSAML OneLoginSAML ' +
  'OracleSAML PingFederateSAML PingOneSAML RipplingSAML SalesforceSAML ShibbolethGenericSAML ShibbolethSAML ' +
  'SimpleSamlPhpSAML SalesforceOAuth SlackOAuth TestIdp VercelMarketplaceOAuth VercelOAuth VMwareSAML XeroOAuth'
).split(' ');

const DeletedConnection = z.strictObject({
  object: z.literal('connection'),
  id: z.string(),
  organization_id: z.string().optional(),
  name: z.string(),
  connection_type: z.enum(connectionTypes),
  state: z.enum(['draft', 'active', 'validating', 'inactive', 'deleting']),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const Connection = DeletedConnection.extend({
  external_key: z.string(),
  /** The older words for the state. */
  status: z.enum(['linked', 'unlinked']),
  domains: z.array(
    z.strictObject({ object: z.literal('connection_domain'), id: z.string(), domain: z.string() }),
  ),
});

const named = z.strictObject({ id: z.string(), organization_id: z.string().optional() });
const Certificate = z.strictObject({
  certificate_type: z.enum(['ResponseSigning', 'RequestSigning', 'ResponseEncryption']),
  expiry_date: Timestamp,
});

const RenewalRequired = z.strictObject({
  connection: named,
  certificate: Certificate.extend({ is_expired: z.boolean() }),
  days_until_expiry: z.int(),
});
const Renewed = z.strictObject({ connection: named, certificate: Certificate, renewed_at: Timestamp });

const deleted = {
  object: 'connection',
  id: ids.connection,
  organization_id: ids.organization,
  name: 'Northwind Okta',
  connection_type: 'OktaSAML',
  state: 'active',
  ...made,
};
const active = {
  ...deleted,
  external_key: 'b3VrUq8yTqJ0cLhKzqk2mVxN5',
  status: 'linked',
  domains: [
    {
      object: 'connection_domain',
      id: 'conn_domain_01KJPY44E0Y0607RPXW1PPDPG5',
      domain: 'northwind.example',
    },
  ],
};
const connection = { id: ids.connection, organization_id: ids.organization };

export const connectionEvents = family('sso', {
  'connection.activated': {
    when: 'An SSO connection became active: people can sign in through it.',
    planned: Connection,
    sample: active,
  },
  'connection.deactivated': {
    when: 'An SSO connection became inactive.',
    planned: Connection,
    sample: { ...active, state: 'inactive', status: 'unlinked', ...changed },
  },
  'connection.deleted': {
    when: 'An SSO connection was deleted; `state` is the one it had.',
    planned: DeletedConnection,
    sample: { ...deleted, ...changed },
  },
  'connection.saml_certificate_renewal_required': {
    when: 'A certificate of a SAML connection runs out soon, or has run out.',
    planned: RenewalRequired,
    sample: {
      connection,
      certificate: {
        certificate_type: 'ResponseSigning',
        expiry_date: times.nextWeek,
        is_expired: false,
      },
      days_until_expiry: 7,
    },
  },
  'connection.saml_certificate_renewed': {
    when: 'A certificate of a SAML connection was renewed.',
    planned: Renewed,
    sample: {
      connection,
      certificate: { certificate_type: 'ResponseSigning', expiry_date: times.nextYear },
      renewed_at: times.later,
    },
  },
});
