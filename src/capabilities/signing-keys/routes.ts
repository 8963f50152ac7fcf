import { createHash } from 'node:crypto';
import { ById } from '../../platform/contract.ts';
import type { Encryption } from '../../platform/encryption.ts';
import { type Operation, Reply, byKey, operation, unknownId } from '../../platform/operation.ts';
import {
  ByClientId,
  Jwks,
  ListSigningKeys,
  RotateSigningKey,
  SigningKey,
  SigningKeyList,
} from './contract.ts';
import type { Keyring } from './keyring.ts';
import { jwksMaxAgeSeconds } from './schedule.ts';
import {
  listSigningKeys,
  prepareRevocation,
  prepareRotation,
  revokeSigningKey,
  rotateSigningKey,
} from './signing-keys.ts';

const notFound = unknownId('signing key');

/** Keys are slow to make, and each stays published for a day. */
const rotations = {
  name: 'signing_keys.rotate',
  limit: 10,
  windowSeconds: 3_600,
  per: 'environment',
} as const;

export function signingKeyOperations(deps: {
  keyring: Keyring;
  encryption: Encryption;
}): readonly Operation[] {
  const { keyring, encryption } = deps;
  return [
    jwksOperation(keyring),
    operation({
      ...byKey,
      id: 'signing_keys.list',
      summary: 'List signing keys',
      method: 'GET',
      path: '/management/signing_keys',
      permission: 'signing_keys:read',
      query: ListSigningKeys,
      returns: { 200: SigningKeyList },
      errors: [{ status: 422, code: 'validation_failed', when: 'A parameter or cursor is not valid.' }],
      run: (reader, { query }) => listSigningKeys(reader, query),
    }),
    operation({
      ...byKey,
      id: 'signing_keys.rotate',
      summary: 'Make the next signing key',
      method: 'POST',
      path: '/management/signing_keys/rotate',
      permission: 'signing_keys:write',
      rateLimits: [rotations],
      body: RotateSigningKey,
      returns: { 201: SigningKey },
      errors: [
        {
          status: 422,
          code: 'validation_failed',
          when: 'A field is malformed, or the purpose cannot use the algorithm.',
        },
      ],
      prepare: (reader, { body }) => prepareRotation(reader, body, encryption),
      run: (tx, { body, prepared }) => rotateSigningKey(tx, body, prepared),
    }),
    operation({
      ...byKey,
      id: 'signing_keys.revoke',
      summary: 'Refuse everything that a key has signed',
      method: 'POST',
      path: '/management/signing_keys/{id}/revoke',
      permission: 'signing_keys:write',
      params: ById,
      returns: { 200: SigningKey },
      errors: [notFound],
      prepare: (reader, { params }) => prepareRevocation(reader, params.id, encryption),
      run: (tx, { params, prepared }) => revokeSigningKey(tx, params.id, prepared),
    }),
  ];
}

const jwksOperation = (keyring: Keyring): Operation =>
  operation({
    id: 'sso.get_jwks',
    summary: 'Get the public keys that access tokens are signed with',
    method: 'GET',
    path: '/sso/jwks/{clientId}',
    protocol: 'api',
    principals: ['none'],
    environmentFrom: 'path_client_id',
    permission: null,
    params: ByClientId,
    returns: { 200: Jwks },
    errors: [{ status: 404, code: 'entity_not_found', when: 'No environment has the client id.' }],
    run: async (reader) => serveJwks(await keyring.publicKeys(reader.environmentId, 'session')),
  });

function serveJwks(keys: Awaited<ReturnType<Keyring['publicKeys']>>): Reply {
  const body = JSON.stringify({ keys });
  const headers = {
    'content-type': 'application/json',
    'cache-control': `public, max-age=${jwksMaxAgeSeconds}`,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  };
  return new Reply(200, headers, body);
}
