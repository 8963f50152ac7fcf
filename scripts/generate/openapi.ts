import { type OperationDeps, listOperations } from '../../src/app.ts';
import { eventWebhooks } from '../../src/capabilities/events/index.ts';
import type { Keyring } from '../../src/capabilities/signing-keys/index.ts';
import { createDeliverySignal, deliveryHeaders } from '../../src/capabilities/webhooks/index.ts';
import { createAdjustableClock } from '../../src/platform/clock.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { toOpenApi } from '../../src/platform/openapi.ts';
import type { Operation } from '../../src/platform/operation.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { createOutboundFetch } from '../../src/platform/outbound-fetch/index.ts';
import { createPasswordHasher } from '../../src/platform/password-hashing.ts';
import { createQuotas } from '../../src/platform/quota.ts';
import { createUrls } from '../../src/platform/urls.ts';
import { version } from '../../src/server/version.ts';

const unavailable = (): never => {
  throw new Error('nothing can be signed here');
};
const noKeyring: Keyring = { signer: unavailable, publicKeys: unavailable, verify: unavailable };

/** Every operation there is, those of development mode included; nothing can be called through it. */
export function everyOperation(): readonly Operation[] {
  const deps: OperationDeps = {
    keyring: noKeyring,
    encryption: createEncryption([{ id: 'none', key: Buffer.alloc(32) }]),
    assets: { url: (name) => `/_assets/${name}`, find: () => undefined },
    metrics: createMetrics(() => Promise.resolve({ waiting: 0, dead: 0 })),
    clock: createAdjustableClock(),
    isDevelopment: true,
    isHttpAllowed: true,
    signal: createDeliverySignal(),
    outbound: createOutboundFetch({ allowLoopback: false, allowedNetworks: [] }),
    isDraining: () => false,
    passwordHasher: createPasswordHasher(),
    rotate: () => Promise.resolve(null),
    quotas: createQuotas(0),
    urls: createUrls(() => 'http://127.0.0.1'),
    database: openDatabase({
      connection: {},
      isDirect: false,
      poolSize: 2,
      onPoolError: unavailable,
    }),
    signedOutPage: unavailable,
    openApi: () => '',
  };
  return listOperations(deps);
}

/** `openapi.json`: the document that development mode serves. */
export function makeOpenApi(): Promise<string> {
  const document = toOpenApi({
    operations: everyOperation(),
    webhooks: eventWebhooks(),
    webhookHeaders: deliveryHeaders,
    version,
  });
  return Promise.resolve(`${JSON.stringify(document, null, 2)}\n`);
}
