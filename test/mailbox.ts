// The mailbox of development, as tests read it.
import type { TestServer } from './harness.ts';

export interface MailboxMessage {
  id: string;
  kind: string;
  to: string;
  subject: string;
  html: string;
  text: string;
}

/** Every message for an address, newest first, whole. */
export async function readMail(
  { anonymous }: Pick<TestServer, 'anonymous'>,
  to: string,
): Promise<MailboxMessage[]> {
  const path = '/_dev/mailbox/messages';
  const { body } = await anonymous.get(`${path}?to=${encodeURIComponent(to)}&limit=100`);
  const ids = body.data.map(({ id }: { id: string }) => id) as string[];
  return Promise.all(ids.map(async (id) => (await anonymous.get(`${path}/${id}`)).body as MailboxMessage));
}

/** The six digits that a message carries. @throws when it carries none */
export function codeIn({ text }: Pick<MailboxMessage, 'text'>): string {
  const code = /^ {4}(\d{6})$/m.exec(text)?.[1];
  if (code === undefined) throw new Error(`no code in: ${text}`);
  return code;
}
