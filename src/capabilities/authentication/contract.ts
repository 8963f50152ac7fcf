import { z } from 'zod';
import type { DecoyCode } from './methods/decoy-code.ts';
import { AuthenticationMethod, Impersonator } from '../sessions/index.ts';
import { SignedInUser } from '../users/index.ts';

/** From where somebody signs in, as the application's server tells it. */
export interface Caller {
  ip_address: string | null;
  user_agent: string | null;
}

/** What an application asked for when it sent somebody to sign in. */
export interface AuthorizeRequest {
  redirect_uri: string;
  state: string | null;
  code_challenge: string | null;
}

/** What somebody said of themselves before they had an account. */
export interface SignUpNames {
  first_name: string | null;
  last_name: string | null;
}

/** What a sign-in has found out so far. Stored as it is. */
export interface AttemptState {
  caller: Caller;
  /** What the person proved themselves with first; null until they have. */
  method: AuthenticationMethod | null;
  /** The organization that was asked for, or chosen on the way. */
  organization_id: string | null;
  /** The browser on our pages that knows the person from now on. */
  browser_session_id: string | null;
  /** When that browser was signed in, where it was known before; a session lasts from then. */
  authenticated_at: string | null;
  /** What only a sign-in on our pages has; null by API. */
  hosted: HostedState | null;
}

export interface HostedState {
  request: AuthorizeRequest;
  /** The page on which a proven person stands; until then they move freely between the open ones. */
  page: string | null;
  /** The address that was typed, or hinted at by the application. */
  email: string | null;
  names: SignUpNames | null;
  /** The code of a sign-up for an address that has an account. */
  decoy: DecoyCode | null;
}

/** One sign-in on its way. */
export interface Attempt {
  readonly id: string;
  userId: string | null;
  state: AttemptState;
  sessionId: string | null;
  readonly completedAt: string | null;
  /** False until there is something to go on with: a sign-in by API that passes every step at once leaves no row. */
  readonly isStored: boolean;
}

/** What every grant takes (spec/authkit 8.1). */
export const grantFields = {
  client_id: z.string().min(1).max(100),
  client_secret: z.string().min(1).max(500).optional(),
  ip_address: z.string().max(64).nullable().optional(),
  user_agent: z.string().max(1_024).nullable().optional(),
};

export const AuthenticateResponse = z
  .strictObject({
    user: SignedInUser,
    organization_id: z.string().optional(),
    access_token: z.string(),
    refresh_token: z.string(),
    authentication_method: AuthenticationMethod,
    impersonator: Impersonator.optional(),
  })
  .meta({ id: 'AuthenticateResponse' });
export type AuthenticateResponse = z.infer<typeof AuthenticateResponse>;
