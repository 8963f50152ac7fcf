import type { Mode } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Report } from './finding.ts';
import type { SignInRow, SigningRow } from './store.ts';

const soonMs = 86_400_000;

/** What people would stumble over at sign-in. */
export function checkSignIns(rows: readonly SignInRow[], mode: Mode, report: Report): void {
  if (rows.length === 0) {
    report('warning', 'There is no environment yet. Make one: doorwright env create --name Production');
  }
  for (const row of rows) {
    const of = `${row.name} (${row.client_id})`;
    const faults = [...faultsOf(row), ...urlFaults(row, mode)];
    for (const fault of faults) report('warning', `${of}: ${fault}`);
    if (faults.length === 0) report('ok', `${of} is ready for sign-ins.`);
  }
}

function faultsOf({ sign_in_uris, has_sign_out_default, urls }: SignInRow): string[] {
  const hasHomepage = Boolean(urls?.['app_homepage_url']);
  return [
    ...(sign_in_uris === 0
      ? ['no redirect URI is registered, so no application can start a sign-in. Add one.']
      : []),
    ...(has_sign_out_default || hasHomepage
      ? []
      : [
          'there is no default sign-out redirect and no app_homepage_url, so signing out ends on a page of ours.',
        ]),
  ];
}

function urlFaults({ urls }: SignInRow, mode: Mode): string[] {
  return Object.entries(urls ?? {}).flatMap(([name, value]) => {
    if (value === null) return [];
    if (!URL.canParse(value))
      return [`${name} is not a URL: ${value}. Set it as https://app.example.com/...`];
    const isPlain = mode === 'production' && new URL(value).protocol !== 'https:';
    return isPlain ? [`${name} is plain HTTP: links in mail can be read on their way. Use https.`] : [];
  });
}

/** A key that ends without a successor leaves the environment to make one in a hurry. */
export function checkSigners(signers: readonly SigningRow[], clock: Clock, report: Report): void {
  const ending = signers.filter(
    ({ expires_at }) => expires_at !== null && Date.parse(expires_at) - clock.now().getTime() < soonMs,
  );
  for (const { client_id, kid, expires_at } of ending) {
    report(
      'warning',
      `The signing key ${kid} of ${client_id} ends at ${expires_at}. Rotate it: POST /management/signing_keys/rotate`,
    );
  }
  if (ending.length === 0 && signers.length > 0) report('ok', 'No signing key is about to end.');
}
