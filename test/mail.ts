import { SMTPServer } from 'smtp-server';
import { type Mail, sendMail } from '../src/platform/mail/mail.ts';
import { sql } from '../src/platform/database/sql.ts';
import type { MailRow } from '../src/platform/mail/store.ts';
import { system } from '../src/platform/scope.ts';
import { type Tx, createScope, discardPending, inTransaction } from '../src/platform/transaction.ts';
import type { TestServer } from './harness.ts';

const sample: Mail = {
  to: 'ada@example.com',
  subject: 'Your code is 123456',
  text: 'Enter 123456 to sign in.',
  html: '<p>Enter <b>123456</b> to sign in.</p>',
  kind: 'magic_auth',
};

export type MailStage = Pick<TestServer, 'database' | 'encryption' | 'clock' | 'id'>;

/** Sends a message as a verb of the server's environment would. Returns its id. */
export function sendTestMail(stage: MailStage, changes: Partial<Mail> = {}): Promise<string> {
  return inEnvironment(stage, (tx) => sendMail(tx, stage.encryption, { ...sample, ...changes }));
}

/** Writes a message in a state of its life, which no job will change. Returns its id. */
export function keepTestMail(
  stage: MailStage,
  changes: Partial<Mail>,
  { state, error }: Pick<MailRow, 'state' | 'error'>,
): Promise<string> {
  return inEnvironment(stage, async (tx) => {
    const id = await sendMail(tx, stage.encryption, { ...sample, ...changes });
    discardPending(tx);
    await tx.run(sql`update mail set state = ${state}, error = ${error} where id = ${id}`);
    return id;
  });
}

function inEnvironment<Value>(stage: MailStage, work: (tx: Tx) => Promise<Value>): Promise<Value> {
  const environment = {
    id: stage.id,
    name: 'Test',
    kind: 'sandbox',
    client_id: 'client_test',
    cors_origins: [],
    is_default: true,
    hosts: {},
  } as const;
  const scope = createScope({ environment, principal: system, requestId: 'test', now: stage.clock.now() });
  return inTransaction(stage.database, scope, work);
}

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body as they travelled. */
  raw: string;
}

/** What the server says at one step; null is yes. */
export interface Refusal {
  at: 'recipient' | 'data';
  code: number;
}

export interface TestMailServer {
  url: string;
  /** Every message that was taken. */
  received: ReceivedMail[];
  /** Every recipient that was offered, taken or not. */
  offered: string[];
  /** Used up one message at a time; afterwards everything is taken. */
  refusals: Refusal[];
  /** While true, nobody gets a word from the server. */
  isMute: boolean;
  close(): Promise<void>;
}

/** A real mail server on a free port. */
export async function startMailServer(port = 0): Promise<TestMailServer> {
  const state: Omit<TestMailServer, 'url' | 'close'> = {
    received: [],
    offered: [],
    refusals: [],
    isMute: false,
  };
  const refuse = (at: Refusal['at']): Error | null => {
    if (state.refusals[0]?.at !== at) return null;
    const { code } = state.refusals.shift() ?? {};
    return Object.assign(new Error(`no, <ada@example.com> cannot have it`), { responseCode: code });
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    // Never calling back is how this server hangs.
    onMailFrom: (_address, _session, callback) => {
      if (!state.isMute) callback();
    },
    onRcptTo: (address, _session, callback) => {
      state.offered.push(address.address);
      callback(refuse('recipient'));
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const error = refuse('data');
        if (error) {
          callback(error);
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        state.received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = await new Promise<number>((resolve) => {
    const listener = server.listen(port, '127.0.0.1', () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${listening}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
