import type { Reader } from '../../../platform/scope.ts';
import { findOrganization } from '../../organizations/index.ts';
import type { AuthorizeQuery } from './contract.ts';

/** Why an application's request cannot be served, as it is told at its redirect URI (RFC 6749 4.1.2.1). */
export interface AuthorizeFault {
  error: string;
  description: string;
}

type Check = (
  query: AuthorizeQuery,
  reader: Reader,
) => AuthorizeFault | null | Promise<AuthorizeFault | null>;

const fault = (error: string, description: string): AuthorizeFault => ({ error, description });

const responseType: Check = ({ response_type: type }) =>
  type === 'code' ? null : fault('unsupported_response_type', 'response_type must be code.');

/** RFC 7636 4.3, and S256 only: a plain challenge proves nothing to whoever reads the request. */
const challenge: Check = ({ code_challenge: given, code_challenge_method: method }) => {
  if (given === undefined && method === undefined) return null;
  if (method !== 'S256') return fault('invalid_request', 'code_challenge_method must be S256.');
  if (given === undefined || !/^[A-Za-z0-9_-]{43}$/.test(given)) {
    return fault('invalid_request', 'code_challenge must be the base64url SHA-256 of the verifier.');
  }
  return null;
};

/** Exactly one of the ways to choose who authenticates; our pages can be told an organization besides. */
const selector: Check = ({ provider, connection_id: connection, organization_id: organization }) => {
  const isOurs = provider === 'authkit' && connection === undefined;
  const given = [provider, connection, organization].filter((value) => value !== undefined);
  if (given.length === 1 || (isOurs && given.length === 2)) return null;
  return fault(
    'invalid_connection_selector',
    'Send exactly one of provider, connection_id and organization_id; with provider=authkit an organization_id may come along.',
  );
};

/** Until connections exist, only our own pages can authenticate anybody. */
const connection: Check = ({ provider, connection_id: id, organization_id: organization }) => {
  if (provider === 'authkit') return null;
  if (id !== undefined) return fault('connection_invalid', 'There is no such connection.');
  if (organization !== undefined) return fault('organization_invalid', 'The organization has no connection.');
  return fault('connection_invalid', 'This provider is not configured in the environment.');
};

const organization: Check = async ({ organization_id: id }, reader) => {
  if (id === undefined || (await findOrganization(reader, id))) return null;
  return fault('organization_invalid', 'There is no such organization.');
};

const hints: Check = ({ screen_hint: screen, max_age: maxAge, prompt }) => {
  if (screen !== undefined && screen !== 'sign-up' && screen !== 'sign-in') {
    return fault('invalid_request', 'screen_hint must be sign-in or sign-up.');
  }
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) {
    return fault('invalid_request', 'max_age must be a whole number of seconds.');
  }
  if (prompt !== undefined && !['login', 'none', 'consent', 'select_account'].includes(prompt)) {
    return fault('invalid_request', 'prompt must be login, none, consent or select_account.');
  }
  return null;
};

/** No invitation can be found, for there are none yet. */
const invitation: Check = ({ invitation_token: token }) =>
  token === undefined
    ? null
    : fault('invitation_invalid', 'The invitation does not exist, or has been used or revoked.');

/** Everything that is asked of a request whose client and redirect URI are known, in this order. */
const checks: readonly Check[] = [
  responseType,
  challenge,
  selector,
  connection,
  organization,
  hints,
  invitation,
];

/** The first fault of a request, or null. */
export async function findFault(reader: Reader, query: AuthorizeQuery): Promise<AuthorizeFault | null> {
  for (const check of checks) {
    const found = await check(query, reader);
    if (found) return found;
  }
  return null;
}
