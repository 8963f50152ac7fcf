import { createTransport } from 'nodemailer';
import { PermanentFailure } from '../jobs/jobs.ts';
import type { MailSender } from './address.ts';
import type { Mail } from './mail.ts';

/** A message as it is handed over. */
export interface OutgoingMail {
  readonly id: string;
  readonly mail: Mail;
  readonly createdAt: Date;
}

/** A way out of the house for mail. */
export interface MailTransport {
  /**
   * Hands one message over.
   * @throws PermanentFailure when this message will never be taken, Error when a later try may succeed; neither
   * message holds an address
   */
  deliver(outgoing: OutgoingMail): Promise<void>;
  /** Ends idle connections; deliveries in progress are finished. */
  close(): void;
}

export interface SmtpOptions {
  /** `smtp://` (STARTTLS when offered) or `smtps://`, with user and password if any. */
  url: string;
  sender: MailSender;
  timeouts?: { connectMs: number; idleMs: number; totalMs: number };
}

const defaultTimeouts = { connectMs: 10_000, idleMs: 30_000, totalMs: 120_000 };

/** Opens no connection before the first message; keeps up to five open between messages. */
export function createSmtpTransport({ url, sender, timeouts = defaultTimeouts }: SmtpOptions): MailTransport {
  const transporter = createTransport({
    url,
    pool: true,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    socketTimeout: timeouts.idleMs,
    // Retries belong to the queue: it waits, counts and survives a crash.
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    deliver: async (outgoing) => {
      try {
        // A server that trickles its reply passes the idle limit; none passes the total.
        const signal = AbortSignal.timeout(timeouts.totalMs);
        await transporter.sendMail({ ...toMessage(outgoing, sender), signal });
      } catch (error) {
        throw toFailure(error);
      }
    },
    close: () => transporter.close(),
  };
}

function toMessage({ id, mail, createdAt }: OutgoingMail, sender: MailSender) {
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1);
  return {
    // A try that was cut off after the server took it is followed by the same Message-ID: receivers drop the copy.
    messageId: `<${id}@${domain}>`,
    date: createdAt,
    from: { name: sender.name ?? '', address: sender.address },
    // Objects, never text: an address is not parsed a second time by other rules.
    to: { name: '', address: mail.to },
    envelope: {
      from: { name: '', address: sender.address },
      to: [{ name: '', address: mail.to }],
    },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // No vacation notice should answer (RFC 3834 5).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** Refusals that are about our credentials, not about the message. */
const authenticationCodes = new Set([530, 534, 535, 538]);

function toFailure(error: unknown): Error {
  const message = withoutAddresses(error instanceof Error ? error.message : String(error));
  return isRefusal(error) ? new PermanentFailure(message) : new Error(message);
}

/** True when the server said no to the envelope or the message for good (RFC 5321 4.2.1). */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  if (error.code !== 'EENVELOPE' && error.code !== 'EMESSAGE') return false;
  const reply = 'responseCode' in error ? error.responseCode : undefined;
  return typeof reply === 'number' && reply >= 500 && !authenticationCodes.has(reply);
}

const longestError = 300;

/** Mail servers repeat the recipient; what is stored and logged must not. */
function withoutAddresses(text: string): string {
  return text
    .replace(/<[^>]*>|\S+@\S+/g, '<address>')
    .replace(/\s+/g, ' ')
    .slice(0, longestError);
}
