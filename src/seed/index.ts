import { existsSync } from 'node:fs';
import { defaultApiKey } from '../app.ts';
import type { Runtime } from '../server/runtime.ts';
import { applyContents, applySeedFile, inEnvironment, makeEnvironment } from './apply.ts';
import {
  defaultClientId,
  defaultEnvironmentName,
  defaultOrganization,
  sampleRedirectUri,
} from './defaults.ts';
import { readSeed, warnOfLaterKeys } from './read.ts';
import { SeedFile } from './schema.ts';

const defaultFile = 'doorwright.seed.yaml';

/** Makes the environment, key, organization and redirect URI that development mode always has. */
export async function seedDefaults(runtime: Runtime): Promise<void> {
  await makeEnvironment(runtime, {
    name: defaultEnvironmentName,
    kind: 'sandbox',
    client_id: defaultClientId,
  });
  const contents = SeedFile.parse({
    apiKeys: [{ value: defaultApiKey, name: 'Default' }],
    redirectUris: [sampleRedirectUri],
    organizations: [{ name: defaultOrganization.name, domains: [defaultOrganization.domain] }],
  });
  await inEnvironment(runtime, defaultClientId, (tx) => applyContents(tx, contents));
}

/**
 * Applies a seed file; without one, `doorwright.seed.yaml` when it exists.
 * @returns warnings for people
 * @throws SeedError when the file cannot be used
 */
export async function applySeed(runtime: Runtime, file: string | null): Promise<string[]> {
  if (file === null && !existsSync(defaultFile)) return [];
  const seed = await readSeed(file ?? defaultFile);
  await applySeedFile(runtime, seed);
  return warnOfLaterKeys(seed);
}
