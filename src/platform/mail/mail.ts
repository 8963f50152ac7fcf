import { z } from 'zod';
import type { Encryption } from '../encryption.ts';
import { invalidField } from '../errors.ts';
import { enqueue } from '../jobs/jobs.ts';
import type { Tx } from '../transaction.ts';
import { isHeaderText, parseAddress } from './address.ts';
import { type MailRow, insertMail } from './store.ts';

const Mail = z.strictObject({
  to: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  kind: z.string(),
});

/** A message to one person. `kind` says which of the documented messages it is, for example `magic_auth`. */
export type Mail = z.infer<typeof Mail>;

/** What the queue knows of a delivery: 60 tries take about two days. The message itself stays sealed. */
export const mailDelivery = {
  kind: 'mail.deliver',
  payload: z.strictObject({ mail_id: z.string() }),
  maxAttempts: 60,
  // A mail server that hangs holds no more of the places of a process than this.
  maxConcurrent: 4,
};

const longestSubject = 500;

const identityOf = (id: string): string => `mail:${id}`;

/**
 * Sends a message when, and only when, the transaction commits. Nothing is said to a mail server before that: a job
 * does it afterwards. The message is stored encrypted, for it can hold codes and links.
 * @returns the id of the message
 * @throws ApiError 422 when the recipient is not one e-mail address or the subject is no header text
 */
export async function sendMail(tx: Tx, encryption: Encryption, mail: Mail): Promise<string> {
  const to = parseAddress(mail.to);
  if (to === null) throw invalidField('email', 'invalid_email', 'This is not an e-mail address.');
  if (!isHeaderText(mail.subject) || mail.subject.length > longestSubject) {
    throw invalidField(
      'subject',
      'invalid_subject',
      `The subject of an e-mail is one line of at most ${longestSubject} characters.`,
    );
  }
  const id = tx.newId('mail');
  const sealed = encryption.seal(JSON.stringify(Mail.parse({ ...mail, to })), identityOf(id));
  await insertMail(tx, { id, environment_id: tx.environmentId, sealed, now: tx.now });
  enqueue(tx, mailDelivery, { mail_id: id });
  return id;
}

/** The message of a row. Throws EncryptionError when no key of the ring opens it. */
export function openMail(encryption: Encryption, row: Pick<MailRow, 'id' | 'sealed'>): Mail {
  return Mail.parse(JSON.parse(encryption.open(row.sealed, identityOf(row.id)).toString()));
}
