import { ApiError, invalidField, notFound } from '../../../platform/errors.ts';
import type { EnvironmentKind } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { checkRedirectUri } from '../../../protocols/redirect-uri/index.ts';
import type { CreateRedirectUri, RedirectPurpose, RedirectUri } from './contract.ts';
import {
  clearDefault,
  deleteRedirectUriRow,
  findRedirectUriRow,
  insertRedirectUri,
  lockRedirectUris,
  setDefault,
} from './store.ts';

/** Registers a URI; the first of its purpose without a wildcard becomes the default. */
export async function createRedirectUri(
  tx: Tx,
  purpose: RedirectPurpose,
  input: CreateRedirectUri,
): Promise<RedirectUri> {
  const created = await provideRedirectUri(tx, tx.environment, purpose, input.uri);
  if (created) return created;
  throw new ApiError('redirect_uri_already_exists', {
    status: 422,
    message: `Redirect URI '${input.uri}' already exists.`,
    errors: [{ code: 'already_exists', field: 'uri', message: 'This URI is registered already.' }],
  });
}

/** As `createRedirectUri`, for an environment that may be new; null when the URI is registered already. */
export async function provideRedirectUri(
  tx: Tx,
  environment: { id: string; kind: EnvironmentKind },
  purpose: RedirectPurpose,
  uri: string,
): Promise<RedirectUri | null> {
  const checked = checkRedirectUri(uri, { kind: environment.kind, isDefault: false });
  if (!checked.ok) throw invalidField('uri', checked.error.code, checked.error.message);
  await lockRedirectUris(tx, environment.id);
  return insertRedirectUri(tx, {
    environment_id: environment.id,
    purpose,
    uri: checked.value,
    canBeDefault: checkRedirectUri(uri, { kind: environment.kind, isDefault: true }).ok,
  });
}

export async function makeDefault(tx: Tx, purpose: RedirectPurpose, id: string): Promise<RedirectUri> {
  await lockRedirectUris(tx, tx.environmentId);
  const redirectUri = await findForChange(tx, purpose, id);
  const checked = checkRedirectUri(redirectUri.uri, { kind: tx.environment.kind, isDefault: true });
  if (!checked.ok) throw invalidField('default', checked.error.code, checked.error.message);
  if (redirectUri.default) return redirectUri;
  await clearDefault(tx, purpose);
  return setDefault(tx, id);
}

export async function deleteRedirectUri(tx: Tx, purpose: RedirectPurpose, id: string): Promise<void> {
  await lockRedirectUris(tx, tx.environmentId);
  const redirectUri = await findForChange(tx, purpose, id);
  if (redirectUri.default) {
    throw new ApiError('default_redirect_uri', {
      status: 409,
      message: 'Cannot delete the default redirect URI. Make another one the default first.',
    });
  }
  await deleteRedirectUriRow(tx, id);
}

async function findForChange(tx: Tx, purpose: RedirectPurpose, id: string): Promise<RedirectUri> {
  const redirectUri = await findRedirectUriRow(tx, purpose, id);
  if (!redirectUri) throw notFound('Redirect URI', id);
  return redirectUri;
}
