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
