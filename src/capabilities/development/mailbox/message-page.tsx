import { type Assets, Layout, Moment } from '../../../pages/index.ts';
import type { MailMessage } from './contract.ts';
import { StateChip } from './state-chip.tsx';

export const MessagePage = ({ assets, message }: { assets: Assets; message: MailMessage }) => (
  <Layout
    assets={assets}
    title={message.subject}
    area="Development"
    home="/_dev/mailbox"
    before={
      <a class="back" href="/_dev/mailbox">
        ‹ Mailbox
      </a>
    }
  >
    <Facts message={message} />
    <section class="part" aria-labelledby="text">
      <h2 id="text">Text</h2>
      <pre class="card text" dir="auto">
        <Linked text={message.text} />
      </pre>
    </section>
    <section class="part" aria-labelledby="html">
      <h2 id="html">HTML</h2>
      <iframe class="paper" title="The message as HTML" sandbox="" src={`/_dev/mailbox/${message.id}/html`} />
    </section>
  </Layout>
);

const Facts = ({ message }: { message: MailMessage }) => (
  <dl class="card facts">
    <dt>To</dt>
    <dd>
      <bdi dir="ltr">{message.to}</bdi>
    </dd>
    <dt>State</dt>
    <dd>
      <StateChip message={message} />
    </dd>
    {message.error !== null && (
      <>
        <dt>Last error</dt>
        <dd>{message.error}</dd>
      </>
    )}
    <dt>Kind</dt>
    <dd>
      <code>{message.kind}</code>
    </dd>
    <dt>Environment</dt>
    <dd>{message.environment_name}</dd>
    <dt>Written</dt>
    <dd>
      <Moment at={message.created_at} />
    </dd>
    <dt>Id</dt>
    <dd>
      <a href={`/_dev/mailbox/messages/${message.id}`}>
        <code>{message.id}</code>
      </a>
    </dd>
  </dl>
);

/** Plain text with its web addresses made links, so that a sign-in link can be followed. */
const Linked = ({ text }: { text: string }) => (
  <>
    {text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/).map((part, index) =>
      index % 2 === 1 ? (
        <a href={part} rel="noreferrer" dir="ltr">
          {part}
        </a>
      ) : (
        part
      ),
    )}
  </>
);
