import { ById } from '../../../platform/contract.ts';
import { type Operation, byKey, operation, unknownId } from '../../../platform/operation.ts';
import {
  CreateRedirectUri,
  ListRedirectUris,
  RedirectUri,
  RedirectUriList,
  type RedirectPurpose,
  UpdateRedirectUri,
} from './contract.ts';
import { createRedirectUri, deleteRedirectUri, makeDefault } from './redirect-uris.ts';
import { listRedirectUris } from './store.ts';

interface RedirectNoun {
  purpose: RedirectPurpose;
  /** First part of the operation ids. */
  name: string;
  words: string;
  path: string;
  managementPath: string;
}

const notFound = unknownId('URI');

/** Both lists have the same operations; only the first is in the public contract. */
export const redirectUriOperations: readonly Operation[] = [
  ...operationsOf({
    purpose: 'sign_in',
    name: 'redirect_uris',
    words: 'redirect URI',
    path: '/user_management/redirect_uris',
    managementPath: '/management/redirect_uris',
  }),
  ...operationsOf({
    purpose: 'sign_out',
    name: 'sign_out_redirects',
    words: 'sign-out redirect',
    path: '/management/sign_out_redirects',
    managementPath: '/management/sign_out_redirects',
  }),
];

function operationsOf({ purpose, name, words, path, managementPath }: RedirectNoun): Operation[] {
  return [
    operation({
      ...byKey,
      id: `${name}.create`,
      summary: `Register a ${words}`,
      method: 'POST',
      path,
      permission: 'redirect_uris:write',
      body: CreateRedirectUri,
      returns: { 201: RedirectUri },
      errors: [
        { status: 422, code: 'validation_failed', when: 'The URI is malformed or refused.' },
        { status: 422, code: 'redirect_uri_already_exists', when: 'The URI is registered.' },
      ],
      run: (tx, { body }) => createRedirectUri(tx, purpose, body),
    }),
    operation({
      ...byKey,
      id: `${name}.list`,
      summary: `List ${words}s`,
      method: 'GET',
      path,
      permission: 'redirect_uris:read',
      query: ListRedirectUris,
      returns: { 200: RedirectUriList },
      run: (reader, { query }) => listRedirectUris(reader, purpose, query),
    }),
    operation({
      ...byKey,
      id: `${name}.update`,
      summary: `Make a ${words} the default`,
      method: 'PATCH',
      path: `${managementPath}/{id}`,
      permission: 'redirect_uris:write',
      params: ById,
      body: UpdateRedirectUri,
      returns: { 200: RedirectUri },
      errors: [notFound],
      run: (tx, { params }) => makeDefault(tx, purpose, params.id),
    }),
    operation({
      ...byKey,
      id: `${name}.delete`,
      summary: `Remove a ${words}`,
      method: 'DELETE',
      path: `${path}/{id}`,
      permission: 'redirect_uris:write',
      params: ById,
      returns: { 204: null },
      errors: [notFound, { status: 409, code: 'default_redirect_uri', when: 'The URI is the default.' }],
      run: (tx, { params }) => deleteRedirectUri(tx, purpose, params.id),
    }),
  ];
}
