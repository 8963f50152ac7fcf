import { type Assets, Layout, Moment } from '../../../pages/index.ts';
import type { MailSummary } from './contract.ts';
import { StateChip } from './state-chip.tsx';

export interface ListPageProps {
  assets: Assets;
  messages: readonly MailSummary[];
  search: string;
  /** True when there are more messages than are shown. */
  hasMore: boolean;
}

export const ListPage = ({ assets, messages, search, hasMore }: ListPageProps) => (
  <Layout
    assets={assets}
    title="Mailbox"
    area="Development"
    home="/_dev/mailbox"
    lead="Every e-mail that this installation writes, newest first."
    actions={
      <a class="button" href={addressOf(search)}>
        Refresh
      </a>
    }
    footer={<ForScripts />}
  >
    <search>
      <form class="search" method="get" action="/_dev/mailbox">
        <div class="field">
          <label for="search">Recipient or subject</label>
          <input id="search" name="search" type="search" value={search} maxlength={320} autocomplete="off" />
        </div>
        <button class="button" type="submit">
          Search
        </button>
      </form>
    </search>
    {messages.length === 0 ? <Empty search={search} /> : <Messages messages={messages} />}
    {hasMore && <p class="lead">These are the newest {messages.length}. Search to find older ones.</p>}
  </Layout>
);

const addressOf = (search: string): string =>
  search === '' ? '/_dev/mailbox' : `/_dev/mailbox?search=${encodeURIComponent(search)}`;

const Messages = ({ messages }: { messages: readonly MailSummary[] }) => (
  <ul class="card rows">
    {messages.map((message) => (
      <li class="row" key={message.id}>
        <a class="row-name clamp" href={`/_dev/mailbox/${message.id}`}>
          <bdi>{message.subject}</bdi>
        </a>
        <span class="row-aside">
          <Moment at={message.created_at} />
        </span>
        <div class="row-more">
          <bdi class="cut" dir="ltr">
            {message.to}
          </bdi>
          <code>{message.kind}</code>
          <span class="chip">{message.environment_name}</span>
          {message.state !== 'sent' && <StateChip message={message} />}
        </div>
      </li>
    ))}
  </ul>
);

const Empty = ({ search }: { search: string }) =>
  search === '' ? (
    <div class="card empty">
      <h2>No mail yet</h2>
      <p>Sign-in codes, invitations and every other e-mail appear here as soon as they are written.</p>
    </div>
  ) : (
    <div class="card empty">
      <h2>Nothing found</h2>
      <p>
        No recipient and no subject contains “<bdi>{search}</bdi>”. <a href="/_dev/mailbox">Show all mail</a>
      </p>
    </div>
  );

const ForScripts = () => (
  <p>
    In tests and scripts: <code>GET /_dev/mailbox/messages?to=ada@example.com</code>, then{' '}
    <code>GET /_dev/mailbox/messages/&#123;id&#125;</code>. <code>DELETE /_dev/mailbox/messages</code> empties
    the mailbox.
  </p>
);
