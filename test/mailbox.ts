// What somebody who reads mail would find in the mailbox of a development server.
import { vi } from 'vitest';
import type { TestClient } from './client.ts';

interface Reader {
  anonymous: TestClient;
}

/** The text of the newest message of a kind to an address; waits until it is there. */
export async function readMail({ anonymous }: Reader, to: string, kind: string): Promise<string> {
  const path = '/_dev/mailbox/messages';
  const id = await vi.waitFor(
    async () => {
      const { body } = await anonymous.get(`${path}?to=${encodeURIComponent(to)}`);
      const found = body.data.find((mail: { kind: string }) => mail.kind === kind);
      if (!found) throw new Error(`no ${kind} for ${to}`);
      return String(found.id);
    },
    { timeout: 5_000, interval: 20 },
  );
  return String((await anonymous.get(`${path}/${id}`)).body.text);
}

/** The code of six digits in the newest such message. */
export async function readCode(server: Reader, to: string): Promise<string> {
  return /\b(\d{6})\b/.exec(await readMail(server, to, 'email_verification'))?.[1] ?? '';
}

/** The link in the newest message of a kind. */
export async function readLink(server: Reader, to: string, kind: string): Promise<string> {
  return /https?:\/\/\S+/.exec(await readMail(server, to, kind))?.[0] ?? '';
}

export interface MailboxMessage {
  id: string;
  kind: string;
  to: string;
  subject: string;
  html: string;
  text: string;
}

/** Every message for an address so far, newest first, whole. */
export async function readMails({ anonymous }: Reader, to: string): Promise<MailboxMessage[]> {
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
