/**
 * Environments: separate worlds within one installation, with their keys, redirect URIs, origins and settings.
 *
 * Owns: `environment`, `environment_host`, `environment_api_key`, `install_key`, `redirect_uri`, `cors_origin`,
 * `environment_setting`.
 * Emits: nothing; the public catalogue of events has no type for configuration.
 * Invariants: nothing of one environment is visible with another's key; only the SHA-256 of a key is stored; each
 * purpose has at most one default redirect URI; a deleted environment is gone from every read at once.
 */
export { createApiKeyAuthenticator, createInstallKeyAuthenticator } from './api-keys/authenticators.ts';
export { CreateEnvironmentApiKey } from './api-keys/contract.ts';
export { createApiKey, createInstallKey, provideApiKey } from './api-keys/api-keys.ts';
export { CreateEnvironment } from './contract.ts';
export { createEnvironmentDirectory } from './directory.ts';
export { createEnvironment, eraseEnvironmentJob, provideEnvironment } from './environments.ts';
export { findFirstEnvironment, findFrameEnvironment, listAllEnvironments } from './store.ts';
export { listRegisteredUris } from './redirect-uris/store.ts';
export { provideRedirectUri } from './redirect-uris/redirect-uris.ts';
export { provideCorsOrigin } from './cors-origins/cors-origins.ts';
export { environmentOperations } from './routes.ts';
export { authenticationSettings } from './settings/authentication.ts';
export { emailSettings } from './settings/emails.ts';
export {
  type SettingGroup,
  defineSettings,
  readSettings,
  readSettingsNow,
  updateSettings,
  urlSettings,
  whenSettingsChange,
} from './settings/settings.ts';
