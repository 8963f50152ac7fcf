import { readBranding } from '../src/capabilities/branding/index.ts';
import type { Branding } from '../src/pages/index.ts';
import { system } from '../src/platform/scope.ts';
import { createReader, createScope } from '../src/platform/transaction.ts';
import type { TestServer } from './harness.ts';

/** How pages of the server's environment look. */
export function lookOf({ id, clientId, clock, database }: TestServer): Promise<Branding> {
  const environment = {
    id,
    name: 'Test',
    kind: 'sandbox',
    client_id: clientId,
    cors_origins: [],
    is_default: true,
    hosts: {},
  } as const;
  const scope = createScope({ environment, principal: system, requestId: 'test', now: clock.now() });
  return readBranding(createReader(database, scope));
}
