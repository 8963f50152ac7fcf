import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Encryption } from '../encryption.ts';
import { type JobContext, type JobKind, PermanentFailure, defineJob } from '../jobs/jobs.ts';
import type { Log } from '../log.ts';
import { mailDelivery, openMail } from './mail.ts';
import type { MailTransport } from './smtp.ts';
import {
  type MailRow,
  deleteMailBefore,
  deleteMailBeyond,
  findMail,
  markMailError,
  markMailSent,
} from './store.ts';

export interface MailDeps {
  database: Database;
  clock: Clock;
  encryption: Encryption;
  log: Log;
  /** Null when no mail server is configured. */
  transport: MailTransport | null;
  isDevelopment: boolean;
}

const retentionMs = 7 * 86_400_000;
const keptInDevelopment = 1_000;

/** The background work of mail: delivery and retention. */
export function mailJobs(deps: MailDeps): readonly JobKind[] {
  return [deliverMailJob(deps), purgeMailJob(deps.isDevelopment)];
}

/**
 * Delivers at least once: a crash between the server's yes and our note of it sends a second copy under the same
 * Message-ID. A message that is `sent` is never sent again.
 */
function deliverMailJob(deps: MailDeps): JobKind<z.output<typeof mailDelivery.payload>> {
  return defineJob({
    ...mailDelivery,
    perform: async ({ mail_id: id }, context) => {
      const environmentId = context.environmentId ?? '';
      const row = await findMail(deps.database, environmentId, id);
      // Deleted since, or sent before the job could say so.
      if (!row || row.state === 'sent') return;
      try {
        await handOver(deps, row);
      } catch (error) {
        await recordFailure(deps, row, { error, context });
        throw error;
      }
      await markMailSent(deps.database, environmentId, id, deps.clock.now());
    },
  });
}

async function handOver({ transport, encryption, isDevelopment, log }: MailDeps, row: MailRow) {
  if (transport) {
    const mail = openMail(encryption, row);
    await transport.deliver({ id: row.id, mail, createdAt: new Date(row.created_at) });
    return;
  }
  // Without a mail server development delivers to its mailbox page, where the message lies already.
  if (isDevelopment) return;
  log.error({ mail: row.id }, 'mail not sent: no mail server is configured, set DOORWRIGHT_SMTP_URL');
  throw new PermanentFailure('No mail server is configured: set DOORWRIGHT_SMTP_URL.');
}

async function recordFailure(
  { database }: MailDeps,
  row: MailRow,
  { error, context }: { error: unknown; context: JobContext },
): Promise<void> {
  await markMailError(database, row.environment_id, row.id, {
    error: error instanceof Error ? error.message : String(error),
    isFinal: error instanceof PermanentFailure || context.isLastAttempt,
  });
}

/** Mail is kept for a week; in development, whose clock can jump, the newest thousand are kept. */
function purgeMailJob(isDevelopment: boolean): JobKind {
  return defineJob({
    kind: 'mail.purge',
    payload: z.object({}),
    maxAttempts: 5,
    everySeconds: 3_600,
    run: async (tx) => {
      if (isDevelopment) await deleteMailBeyond(tx, keptInDevelopment);
      else await deleteMailBefore(tx, new Date(tx.now.getTime() - retentionMs));
    },
  });
}
