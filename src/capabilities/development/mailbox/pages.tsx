import { type Assets, renderPage } from '../../../pages/index.ts';
import type { Encryption } from '../../../platform/encryption.ts';
import { page, sandboxedPage } from '../../../platform/http/page.ts';
import type { Reply } from '../../../platform/operation.ts';
import type { Reader } from '../../../platform/scope.ts';
import { ListPage } from './list-page.tsx';
import { getMessage, listMessages, mentions } from './mailbox.ts';
import { MessagePage } from './message-page.tsx';

export interface MailboxDeps {
  encryption: Encryption;
  assets: Assets;
}

const shownMessages = 100;

export async function showMailbox(deps: MailboxDeps, reader: Reader, text: string): Promise<Reply> {
  const search = text.trim();
  const found = await listMessages(reader, deps.encryption, {
    limit: shownMessages + 1,
    matches: mentions(search),
  });
  const messages = found.slice(0, shownMessages);
  const hasMore = found.length > shownMessages;
  return page(
    await renderPage(<ListPage assets={deps.assets} messages={messages} search={search} hasMore={hasMore} />),
  );
}

export async function showMessage(deps: MailboxDeps, reader: Reader, id: string): Promise<Reply> {
  const message = await getMessage(reader, deps.encryption, id);
  const html = await renderPage(<MessagePage assets={deps.assets} message={message} />);
  return page(html, { hasFrames: true });
}

/** The HTML part alone, as its frame loads it. */
export async function showHtmlPart(deps: MailboxDeps, reader: Reader, id: string): Promise<Reply> {
  const { html } = await getMessage(reader, deps.encryption, id);
  return sandboxedPage(html);
}
