import { type OperationDeps, listOperations } from '../../src/app.ts';
import { createAdjustableClock } from '../../src/platform/clock.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { toOpenApi } from '../../src/platform/openapi.ts';
import type { Operation } from '../../src/platform/operation.ts';
import { loadAssets } from '../../src/server/runtime.ts';
import { version } from '../../src/server/version.ts';

/** Every operation there is, those of development mode included; nothing can be called through it. */
export async function everyOperation(): Promise<readonly Operation[]> {
  const deps: OperationDeps = {
    encryption: createEncryption([{ id: 'none', key: Buffer.alloc(32) }]),
    assets: await loadAssets(),
    metrics: createMetrics(() => Promise.resolve({ waiting: 0, dead: 0 })),
    clock: createAdjustableClock(),
    isDevelopment: true,
    isDraining: () => false,
    openApi: () => '',
  };
  return listOperations(deps);
}

/** `openapi.json`: the document that development mode serves. */
export async function makeOpenApi(): Promise<string> {
  const document = toOpenApi({ operations: await everyOperation(), version });
  return `${JSON.stringify(document, null, 2)}\n`;
}
