import { writeEmail } from '../../../pages/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Encryption } from '../../../platform/encryption.ts';
import type { Log } from '../../../platform/log.ts';
import { sendMail } from '../../../platform/mail/mail.ts';
import { type Environment, system } from '../../../platform/scope.ts';
import { type Tx, createScope, inTransaction } from '../../../platform/transaction.ts';
import { readSettingsNow } from '../../environments/index.ts';
import { disable } from '../endpoints.ts';
import { webhookSettings } from '../settings.ts';
import { findEndpointForUpdate, findStatus } from '../store.ts';
import type { FailingEndpoint } from './store.ts';

export interface FailingDeps {
  database: Database;
  clock: Clock;
  encryption: Encryption;
  log: Log;
  findEnvironment(id: string): Promise<Environment | null>;
}

const dayMs = 86_400_000;

/** Switches off the endpoints among these that have done nothing but fail for the days that their environment allows. */
export async function disableFailing(
  deps: FailingDeps,
  endpoints: readonly FailingEndpoint[],
): Promise<void> {
  const nowMs = deps.clock.now().getTime();
  // No setting is below a day, so most need not be looked at.
  const candidates = endpoints.filter(({ failing_since }) => nowMs - Date.parse(failing_since) >= dayMs);
  for (const { id, environment_id } of candidates) {
    const environment = await deps.findEnvironment(environment_id);
    if (!environment) continue;
    const scope = createScope({ environment, principal: system, requestId: id, now: deps.clock.now() });
    await inTransaction(deps.database, scope, (tx) => disableIfFailing(tx, deps, id));
  }
}

async function disableIfFailing(tx: Tx, deps: FailingDeps, id: string): Promise<void> {
  const { disable_after_days: days, alert_emails: recipients } = await readSettingsNow(tx, webhookSettings);
  const endpoint = await findEndpointForUpdate(tx, id);
  const status = await findStatus(tx, id);
  if (!endpoint || !status || endpoint.state !== 'enabled' || days === 0) return;
  const since = status.failing_since;
  if (since === null || tx.now.getTime() - Date.parse(since) < days * dayMs) return;
  await disable(tx, id, 'failing');
  deps.log.warn({ endpoint: id, failingSince: since }, 'webhook endpoint disabled: it has failed for days');
  const { origin } = new URL(endpoint.endpoint_url);
  const email = await writeEmail({
    sender: tx.environment.name,
    subject: `Events are no longer sent to ${origin}`,
    title: 'A webhook endpoint was switched off',
    lead: `Every delivery to the endpoint ${id} at ${origin}, of the environment ${tx.environment.name}, has failed since ${since}. It is sent nothing from now on.`,
    notes: [
      'Repair the receiver and enable the endpoint again. What it has missed can then be sent by a replay since the last event that it knows.',
    ],
  });
  for (const to of recipients) {
    await sendMail(tx, deps.encryption, { ...email, to, kind: 'webhook_endpoint_disabled' });
  }
}
