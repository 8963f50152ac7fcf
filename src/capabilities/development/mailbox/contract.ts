import { z } from 'zod';
import { QueryInteger, Timestamp } from '../../../platform/contract.ts';

const summary = {
  object: z.literal('mail'),
  id: z.string(),
  environment_id: z.string(),
  environment_name: z.string(),
  /** Which of the documented messages it is. */
  kind: z.string(),
  to: z.string(),
  subject: z.string(),
  state: z.enum(['queued', 'sent', 'failed']),
  /** Why the last try failed. */
  error: z.string().nullable(),
  created_at: Timestamp,
  sent_at: Timestamp.nullable(),
};

export const MailSummary = z.strictObject(summary).meta({ id: 'MailSummary' });
export type MailSummary = z.infer<typeof MailSummary>;

export const MailMessage = z
  .strictObject({ ...summary, text: z.string(), html: z.string() })
  .meta({ id: 'MailMessage' });
export type MailMessage = z.infer<typeof MailMessage>;

export const MailList = z.strictObject({ object: z.literal('list'), data: z.array(MailSummary) });

/** For tests and scripts: everything for one address, newest first. */
export const ListMail = z.object({
  to: z.string().max(320).optional(),
  limit: QueryInteger.pipe(z.int().min(1).max(100)).default(10),
});
export type ListMail = z.infer<typeof ListMail>;

/** For people: a part of the address or of the subject. */
export const SearchMail = z.object({ search: z.string().max(320).optional() });
