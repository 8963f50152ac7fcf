import { sql } from '../../src/platform/database/sql.ts';
import type { Mail } from '../../src/platform/mail/mail.ts';
import { type MailStage, keepTestMail } from '../mail.ts';

interface StoredMail extends Partial<Mail> {
  state?: 'queued' | 'sent' | 'failed';
  error?: string;
}

/** A page as somebody may find it. */
export interface PageState {
  name: string;
  /** Oldest first. */
  mails: readonly StoredMail[];
  /** @param ids of `mails` */
  path(ids: readonly string[]): string;
}

const html = (body: string) =>
  `<!doctype html><meta charset="utf-8"><body style="font:16px/24px sans-serif;color:#0f172a;padding:24px">${body}</body>`;

const code: StoredMail = {
  to: 'ada@example.com',
  kind: 'magic_auth',
  subject: 'Your sign-in code is 482 913',
  text: 'Your sign-in code is 482913. It is valid for 10 minutes.\n\nIf you did not ask for it, you can ignore this message.\n',
  html: html('<h1>482913</h1><p>is your sign-in code. It is valid for 10 minutes.</p>'),
};

const invitation: StoredMail = {
  to: 'grace@acme.example',
  kind: 'invitation',
  subject: 'Ada Lovelace invited you to Acme',
  text: 'Ada Lovelace invited you to Acme.\n\nAccept the invitation: https://app.acme.example/invite?invitation_token=Zm9vYmFyYmF6\n\nThe invitation is valid for 7 days.\n',
  html: html(
    '<h1>Join Acme</h1><p>Ada Lovelace invited you.</p><p><a href="https://app.acme.example">Accept the invitation</a></p>',
  ),
};

const refused: StoredMail = {
  ...code,
  to: 'nobody@acme.example',
  kind: 'password_reset',
  subject: 'Reset your password',
  state: 'failed',
  error: "Can't send mail - all recipients were rejected: 550 5.1.1 <address>: user unknown",
};

const retried: StoredMail = {
  ...code,
  to: 'alan@acme.example',
  kind: 'email_verification',
  subject: 'Confirm your e-mail address',
  state: 'queued',
  error: 'Connection timeout',
};

const long: StoredMail = {
  ...invitation,
  to: `${'very-long-'.repeat(6)}name@${'subdomain.'.repeat(12)}example.com`,
  kind: 'organization_invitation_reminder',
  subject: `Ada Lovelace of ${'Donaudampfschifffahrtsgesellschaft'.repeat(3)} invited you to an organization whose name is long enough to fill more than two lines of this list, so that it has to be cut off somewhere`,
  text: `${'A paragraph that goes on for a while, as legal notices do. '.repeat(12)}\n\nhttps://app.acme.example/invite?invitation_token=${'Zm9vYmFyYmF6'.repeat(20)}\n`,
};

const rightToLeft: StoredMail = {
  ...invitation,
  to: 'דנה@xn--4dbrk0ce.example',
  subject: 'הזמנה להצטרף אל Acme (חדש!)',
  text: 'שלום,\n\nהוזמנת להצטרף אל Acme: https://app.acme.example/invite\n',
};

const sent = (mail: StoredMail): StoredMail => ({ state: 'sent', ...mail });
const list = () => '/_dev/mailbox';
const message = ([id]: readonly string[]) => `/_dev/mailbox/${id}`;

/** Every state of the mailbox that is looked at, by people and by tests. */
export const mailboxStates: readonly PageState[] = [
  { name: 'mailbox-empty', mails: [], path: list },
  { name: 'mailbox-one', mails: [sent(code)], path: list },
  {
    name: 'mailbox-many',
    mails: [invitation, code, refused, retried, rightToLeft, invitation, code, code].map(sent),
    path: list,
  },
  { name: 'mailbox-long', mails: [sent(long), sent(code)], path: list },
  { name: 'mailbox-nothing-found', mails: [sent(code)], path: () => '/_dev/mailbox?search=grace%40acme' },
  { name: 'message', mails: [sent(invitation)], path: message },
  { name: 'message-failed', mails: [refused], path: message },
  { name: 'message-long', mails: [sent(long)], path: message },
  { name: 'message-right-to-left', mails: [sent(rightToLeft)], path: message },
  { name: 'message-not-found', mails: [], path: () => '/_dev/mailbox/mail_01JHZX0000000000000000000' },
];

/** Empties the mailbox and fills it again. Returns the path of the page to look at. */
export async function enterState(stage: MailStage, state: PageState): Promise<string> {
  await stage.database.run(sql`delete from mail`);
  const ids: string[] = [];
  for (const { state: reached = 'queued', error = null, ...mail } of state.mails) {
    ids.push(await keepTestMail(stage, mail, { state: reached, error }));
  }
  return state.path(ids);
}
