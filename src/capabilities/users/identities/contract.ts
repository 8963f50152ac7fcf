import { z } from 'zod';

/** Providers as identities spell them. */
export const identityProviders = [
  'AppleOAuth',
  'BitbucketOAuth',
  'DiscordOAuth',
  'GithubOAuth',
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
] as const;

export const Identity = z
  .strictObject({ idp_id: z.string(), type: z.literal('OAuth'), provider: z.enum(identityProviders) })
  .meta({ id: 'Identity' });
export type Identity = z.infer<typeof Identity>;
