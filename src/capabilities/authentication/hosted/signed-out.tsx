import { LoginLayout, Notice, renderPage } from '../../../pages/index.ts';
import { page } from '../../../platform/http/page.ts';
import type { Reply } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import { readBranding } from '../../branding/index.ts';
import { readSettings, urlSettings } from '../../environments/index.ts';
import type { HostedDeps } from './hosted-attempt.ts';

/** What people see who signed out of an application that registered no address to return to. */
export async function showSignedOut(
  reader: Reader,
  deps: Pick<HostedDeps, 'assets' | 'urls' | 'encryption'>,
  cookies: readonly string[],
): Promise<Reply> {
  const branding = await readBranding(reader);
  const { sign_in_url: signInUrl } = await readSettings(reader, urlSettings);
  const html = await renderPage(
    <LoginLayout
      assets={deps.assets}
      branding={branding}
      page="signed-out"
      title="You are signed out"
      footer={signInUrl && <a href={signInUrl}>Sign in again</a>}
    >
      <Notice>You can close this window.</Notice>
    </LoginLayout>,
  );
  return page(html, { hasScript: true, cookies });
}
