import { z } from 'zod';
import { Timestamp, listOf, paginationQuery } from '../../platform/contract.ts';

/** How a session began, in the words of `authenticate`. It stays the same for as long as the session lives. */
export const AuthenticationMethod = z.enum([
  'SSO',
  'Password',
  'Passkey',
  'AppleOAuth',
  'BitbucketOAuth',
  'CrossAppAuth',
  'DiscordOAuth',
  'ExternalAuth',
  'GitHubOAuth',
  'GitLabOAuth',
  'GoogleOAuth',
  'GrokOAuth',
  'XOAuth',
  'IntuitOAuth',
  'LinkedInOAuth',
  'MicrosoftOAuth',
  'SalesforceOAuth',
  'SlackOAuth',
  'VercelMarketplaceOAuth',
  'VercelOAuth',
  'XeroOAuth',
  'MagicAuth',
  'Impersonation',
  'MigratedSession',
]);
export type AuthenticationMethod = z.infer<typeof AuthenticationMethod>;

/** The same, in the words of the session object. */
const AuthMethod = z.enum([
  'cross_app_auth',
  'external_auth',
  'impersonation',
  'magic_code',
  'migrated_session',
  'oauth',
  'passkey',
  'password',
  'sso',
  'unknown',
]);
export type AuthMethod = z.infer<typeof AuthMethod>;

const authMethods: Partial<Record<AuthenticationMethod, AuthMethod>> = {
  SSO: 'sso',
  Password: 'password',
  Passkey: 'passkey',
  CrossAppAuth: 'cross_app_auth',
  ExternalAuth: 'external_auth',
  MagicAuth: 'magic_code',
  Impersonation: 'impersonation',
  MigratedSession: 'migrated_session',
};

export const authMethodOf = (method: AuthenticationMethod): AuthMethod =>
  authMethods[method] ?? (method.endsWith('OAuth') ? 'oauth' : 'unknown');

export const Impersonator = z.strictObject({ email: z.string(), reason: z.string().nullable() });

export const Session = z
  .strictObject({
    object: z.literal('session'),
    id: z.string(),
    user_id: z.string(),
    organization_id: z.string().optional(),
    status: z.enum(['active', 'expired', 'revoked']),
    auth_method: AuthMethod,
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
    impersonator: Impersonator.optional(),
    expires_at: Timestamp,
    ended_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const SessionList = listOf(Session);

export const ListSessions = z.object(paginationQuery);
export type ListSessions = z.infer<typeof ListSessions>;

export const RevokeSession = z.object({
  session_id: z.string().min(1).max(100),
});

const minute = 60;
const day = 86_400;

/** Lifetimes (spec/authkit 11.2), in seconds. */
export const SessionSettings = z.object({
  /** From sign-in; then people sign in again. */
  maximum_length_seconds: z
    .int()
    .min(5 * minute)
    .max(400 * day)
    .default(30 * day),
  /** How long a session lives without being refreshed. */
  inactivity_seconds: z
    .int()
    .min(5 * minute)
    .max(400 * day)
    .default(7 * day),
  access_token_seconds: z.int().min(minute).max(day).default(300),
  /** `client`: the issuer names the environment, as several share an origin. `origin`: the origin alone. */
  issuer: z.enum(['client', 'origin']).default('client'),
});
export type SessionSettings = z.infer<typeof SessionSettings>;
