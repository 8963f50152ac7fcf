import { createTransport } from 'nodemailer';
import type { Config } from '../../config.ts';
import type { OutboundFetch } from '../../platform/outbound-fetch/index.ts';
import { type Looked, whoAnswers } from './answers.ts';
import { type Report, messageOf } from './finding.ts';

const timeoutMs = 10_000;

/** Connects, greets, switches to TLS and signs in, as a delivery would; sends nothing. */
export async function checkMail({ smtpUrl }: Config, report: Report): Promise<void> {
  if (smtpUrl === undefined) return;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { host } = new URL(smtpUrl);
  try {
    await transport.verify();
    report('ok', `The mail server ${host} takes messages from us.`);
  } catch (error) {
    report(
      'error',
      `The mail server ${host} does not take us: ${messageOf(error)}. Check DOORWRIGHT_SMTP_URL.`,
    );
  } finally {
    transport.close();
  }
}

/** Asks our own address as others do, and looks for a key of ours in the answer. */
export async function checkExternalUrl(
  { externalUrl }: Config,
  { http, database }: { http: OutboundFetch; database: Looked },
  report: Report,
): Promise<void> {
  if (externalUrl === undefined || !URL.canParse(externalUrl)) return;
  const base = externalUrl.replace(/\/+$/, '');
  const advice = 'Point DOORWRIGHT_EXTERNAL_URL, its name or the proxy here.';
  try {
    const who = await whoAnswers(http, base, database.signers);
    if (who === 'stranger') report('error', `${base} is answered by another program. ${advice}`);
    else if (who === 'other') report('error', `${base} is answered by another Doorwright. ${advice}`);
    else report('ok', `${who === 'ours' ? 'This' : 'A'} Doorwright answers at ${base}.`);
  } catch (error) {
    report('warning', `${messageOf(error)} Start the server, or check name, proxy and certificate.`);
  }
}
