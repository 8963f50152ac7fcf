import { existsSync } from 'node:fs';
import { defaultApiKey } from '../app.ts';
import { type SeedTarget, applyContents, applySeedFile, inEnvironment, makeEnvironment } from './apply.ts';
import {
  defaultClientId,
  defaultEnvironmentName,
  defaultOrganization,
  defaultSampleOrigin,
  samplePages,
} from './defaults.ts';
import { readSeed, warnOfLaterKeys } from './read.ts';
import { provideSampleUrls } from './sample.ts';
import { SeedFile } from './schema.ts';

export type { SeedTarget } from './apply.ts';

const defaultFile = 'doorwright.seed.yaml';

/**
 * Makes what development mode always has: the environment, its key, an organization and the addresses of the sample
 * application.
 */
export async function seedDefaults(
  target: SeedTarget,
  sampleOrigin: string = defaultSampleOrigin,
): Promise<void> {
  await makeEnvironment(target, {
    name: defaultEnvironmentName,
    kind: 'sandbox',
    client_id: defaultClientId,
  });
  const contents = SeedFile.parse({
    apiKeys: [{ value: defaultApiKey, name: 'Default' }],
    redirectUris: [samplePages(sampleOrigin).redirectUri],
    signOutRedirects: [samplePages(sampleOrigin).home],
    organizations: [{ name: defaultOrganization.name, domains: [defaultOrganization.domain] }],
  });
  await inEnvironment(target, defaultClientId, async (tx) => {
    await applyContents(tx, contents, { locate: (path) => path.join('.'), ...target });
    await provideSampleUrls(tx, sampleOrigin);
  });
}

/**
 * Applies a seed file; without one, `doorwright.seed.yaml` when it exists.
 * @returns warnings for people
 * @throws SeedError when the file cannot be used
 */
export async function applySeed(target: SeedTarget, file: string | null): Promise<string[]> {
  if (file === null && !existsSync(defaultFile)) return [];
  const source = await readSeed(file ?? defaultFile);
  await applySeedFile(target, source);
  return warnOfLaterKeys(source.seed);
}
