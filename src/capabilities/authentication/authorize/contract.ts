import { z } from 'zod';

/** A parameter given once. Twice is refused: which of the two would be meant? (RFC 6749 3.1) */
const once = (longest: number) => z.string().max(longest).optional();

/** What an application sends people here with (spec/authkit 5.1). What it means is for the checks to say. */
export const AuthorizeQuery = z.object({
  client_id: z.string().max(100),
  redirect_uri: z.string().max(2_000),
  response_type: once(50),
  state: once(4_000),
  provider: once(50),
  connection_id: once(100),
  organization_id: once(100),
  code_challenge: once(200),
  code_challenge_method: once(20),
  login_hint: once(320),
  domain_hint: once(255),
  screen_hint: once(20),
  prompt: once(50),
  max_age: once(20),
  invitation_token: once(100),
});
export type AuthorizeQuery = z.infer<typeof AuthorizeQuery>;
