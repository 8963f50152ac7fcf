import { page } from '../../platform/http/page.ts';
import type { Reply } from '../../platform/operation.ts';
import type { Assets } from '../assets.ts';
import { Layout } from '../components/layout.tsx';
import { renderPage } from '../render.ts';

/** What people see who signed out of an application that registered no address to return to. */
export async function renderSignedOut(assets: Assets): Promise<Reply> {
  return page(
    await renderPage(
      <Layout assets={assets} title="Signed out" area="Sign-in" home="/" lead="You can close this window." />,
    ),
  );
}
