import { createTransport } from 'nodemailer';
import type { Config } from '../../config.ts';
import type { OutboundFetch } from '../../platform/outbound-fetch/index.ts';
import { type Report, messageOf } from './finding.ts';
import { isHealth } from './machine.ts';
import type { SigningRow } from './store.ts';

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

/** Asks our own address from outside, and looks for a key of ours in the answer. */
export async function checkExternalUrl(
  { externalUrl }: Config,
  { http, signers }: { http: OutboundFetch; signers: readonly SigningRow[] },
  report: Report,
): Promise<void> {
  if (externalUrl === undefined || !URL.canParse(externalUrl)) return;
  const base = externalUrl.replace(/\/+$/, '');
  const ask = (path: string) => http.fetch(`${base}${path}`, { timeoutMs });
  let health: Awaited<ReturnType<typeof ask>>;
  try {
    health = await ask('/health');
  } catch (error) {
    return report('warning', `${messageOf(error)} Start the server, or check DNS, proxy and certificate.`);
  }
  if (!isHealth(health.headers, health.body)) {
    return report(
      'error',
      `${base} is answered by something else. Point DOORWRIGHT_EXTERNAL_URL, or the proxy, here.`,
    );
  }
  const [signer] = signers;
  if (!signer) return report('ok', `A Doorwright answers at ${base}.`);
  const { body } = await ask(`/sso/jwks/${signer.client_id}`);
  if (body.includes(signer.kid)) report('ok', `This installation answers at ${base}.`);
  else
    report(
      'error',
      `Another installation answers at ${base}. Point DOORWRIGHT_EXTERNAL_URL, or the proxy, here.`,
    );
}
