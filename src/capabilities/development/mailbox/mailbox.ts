import type { Encryption } from '../../../platform/encryption.ts';
import { notFound } from '../../../platform/errors.ts';
import { openMail } from '../../../platform/mail/mail.ts';
import type { Reader } from '../../../platform/scope.ts';
import type { MailMessage, MailSummary } from './contract.ts';
import { type MailboxRow, findMailboxRow, listMailboxRows } from './store.ts';

/** Messages are sealed, so they are searched after they were read: this many at a time. */
const batchSize = 200;

export interface Wanted {
  limit: number;
  matches(message: MailMessage): boolean;
}

/** The newest messages that match, of all environments. */
export async function listMessages(
  reader: Reader,
  encryption: Encryption,
  wanted: Wanted,
): Promise<MailSummary[]> {
  const found: MailSummary[] = [];
  let before: string | null = null;
  for (;;) {
    const rows: MailboxRow[] = await listMailboxRows(reader, { before, limit: batchSize });
    for (const row of rows) {
      const message = openMessage(encryption, row);
      if (wanted.matches(message)) found.push(toSummary(message));
      if (found.length === wanted.limit) return found;
    }
    if (rows.length < batchSize) return found;
    before = rows.at(-1)?.id ?? null;
  }
}

export async function getMessage(reader: Reader, encryption: Encryption, id: string): Promise<MailMessage> {
  const row = await findMailboxRow(reader, id);
  if (!row) throw notFound('Mail', id);
  return openMessage(encryption, row);
}

function openMessage(encryption: Encryption, { sealed, ...row }: MailboxRow): MailMessage {
  return { object: 'mail', ...row, ...openMail(encryption, { id: row.id, sealed }) };
}

function toSummary({ text: _text, html: _html, ...summary }: MailMessage): MailSummary {
  return summary;
}

export const isFor = (to: string | undefined) => (message: MailMessage) =>
  to === undefined || message.to.toLowerCase() === to.toLowerCase();

export const mentions = (search: string) => (message: MailMessage) =>
  `${message.to}\n${message.subject}`.toLowerCase().includes(search.toLowerCase());
