import { randomInt, randomUUID } from 'node:crypto';
import { type Answer, type Call, type Connection, type Target, connect } from './connection.ts';
import { type Ledger, mark } from './ledger.ts';

interface KnownOrganization {
  id: string;
  domains: { id: string; domain: string }[];
}

/** Counts of what clients saw. */
export interface Statistics {
  requests: number;
  lost: number;
  unavailable: number;
  retries: number;
  replays: number;
}

/** Clients that write all the time, each over one kept-alive connection and to organizations of its own. */
export interface Load {
  readonly statistics: Statistics;
  /** Answers that must not be: 500s, refusals of correct requests, repeats with another reply, hangs. */
  readonly faults: string[];
  /** Resolves when no request is under way; none starts until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

/** Few enough to be listed in one or two pages, so that checking stays cheap. */
const mostOrganizations = 8;

/** The longest that a client goes on trying: two recoveries, one after the other. */
const recoveryMs = 20_000;

export function startLoad(target: Target, ledger: Ledger, clients: number): Load {
  const faults: string[] = [];
  const statistics: Statistics = { requests: 0, lost: 0, unavailable: 0, retries: 0, replays: 0 };
  const gate = createGate(clients);
  const name = randomUUID().slice(0, 8);
  const writers = Array.from({ length: clients }, async (_, index) => {
    const writer = new Writer(`${name}-${index}`, connect(target), { ledger, faults, statistics });
    while (await gate.pass()) {
      await writer.step().catch((error: unknown) => faults.push(`writer ${index}: ${String(error)}`));
    }
    await writer.close();
  });
  return {
    statistics,
    faults,
    pause: gate.close,
    resume: gate.open,
    stop: async () => {
      gate.end();
      await Promise.all(writers);
    },
  };
}

/** Lets `count` walkers pass while it is open, and tells when all of them wait. */
function createGate(count: number) {
  const state = { isOpen: true, isEnded: false };
  let waiting: (() => void)[] = [];
  let onAllWaiting: () => void = () => undefined;
  const release = () => {
    const released = waiting;
    waiting = [];
    for (const go of released) go();
  };
  return {
    async pass(): Promise<boolean> {
      while (!state.isOpen && !state.isEnded) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === count) onAllWaiting();
        });
      }
      return !state.isEnded;
    },
    close: () =>
      new Promise<void>((resolve) => {
        state.isOpen = false;
        onAllWaiting = resolve;
      }),
    open: () => {
      state.isOpen = true;
      release();
    },
    end: () => {
      state.isEnded = true;
      release();
    },
  };
}

interface Books {
  ledger: Ledger;
  faults: string[];
  statistics: Statistics;
}

/** One client. After an answer that did not come, it leaves the object alone: nobody knows what became of it. */
class Writer {
  private organizations: KnownOrganization[] = [];
  private count = 0;

  constructor(
    private readonly name: string,
    private readonly connection: Connection,
    private readonly books: Books,
  ) {}

  close(): Promise<void> {
    return this.connection.close();
  }

  async step(): Promise<void> {
    const organization = this.organizations[randomInt(Math.max(1, this.organizations.length))];
    const dice = randomInt(10);
    if (!organization || (dice < 3 && this.organizations.length < mostOrganizations)) return this.create();
    if (dice < 5) return this.rename(organization);
    if (dice < 7) return this.addDomain(organization);
    const domain = organization.domains[0];
    if (dice < 9 && domain) return this.removeDomain(organization, domain);
    return this.remove(organization);
  }

  private nextName(): string {
    this.count += 1;
    return `${this.name}-${this.count}`;
  }

  private async create(): Promise<void> {
    const name = this.nextName();
    const domains = randomInt(2) === 0 ? [`${this.nextName()}.example.com`] : [];
    const marks = [
      `organization.created ${name}`,
      ...domains.map((domain) => `organization_domain.created ${domain}`),
    ];
    const answer = await this.post({ path: '/organizations', body: { name, domains } }, marks);
    if (!answer) return;
    const made = answer.body as { id: string; domains: { id: string; domain: string }[] };
    this.organizations.push({ id: made.id, domains: [...made.domains] });
  }

  private async rename(organization: KnownOrganization): Promise<void> {
    const name = this.nextName();
    const call: Call = { method: 'PUT', path: `/organizations/${organization.id}`, body: { name } };
    if (!(await this.change(call, [`organization.updated ${name}`]))) this.leave(organization);
  }

  private async addDomain(organization: KnownOrganization): Promise<void> {
    const domain = `${this.nextName()}.example.com`;
    const body = { organization_id: organization.id, domain };
    const marks = [`organization_domain.created ${domain}`];
    const answer = await this.post({ path: '/organization_domains', body }, marks);
    if (answer) organization.domains.push({ id: String(answer.body['id']), domain });
    else this.leave(organization);
  }

  private async removeDomain(
    organization: KnownOrganization,
    domain: { id: string; domain: string },
  ): Promise<void> {
    const call: Call = { method: 'DELETE', path: `/organization_domains/${domain.id}` };
    const isDone = await this.change(call, [`organization_domain.deleted ${domain.domain}`]);
    if (isDone) organization.domains.shift();
    else this.leave(organization);
  }

  private async remove(organization: KnownOrganization): Promise<void> {
    const { id, domains } = organization;
    const marks = [
      mark({ event: 'organization.deleted', data: { id } }),
      ...domains.map(({ domain }) => `organization_domain.deleted ${domain}`),
    ];
    this.leave(organization);
    await this.change({ method: 'DELETE', path: `/organizations/${id}` }, marks);
  }

  private leave(organization: KnownOrganization): void {
    this.organizations = this.organizations.filter((known) => known !== organization);
  }

  /** Half of the POSTs carry an Idempotency-Key: those are sent until they are answered, and some once more. */
  private async post(call: Omit<Call, 'method'>, marks: string[]): Promise<Answer | null> {
    if (randomInt(2) === 0) return this.change({ ...call, method: 'POST' }, marks);
    const keyed: Call = { ...call, method: 'POST', idempotencyKey: randomUUID() };
    const deadline = performance.now() + recoveryMs;
    let answer = await this.change(keyed, marks);
    while (!answer) {
      if (performance.now() > deadline) throw new Error(`no answer in ${recoveryMs} ms: ${call.path}`);
      this.books.statistics.retries += 1;
      answer = await this.change(keyed, marks);
    }
    if (randomInt(4) === 0) await this.repeat(keyed, answer);
    return answer;
  }

  private async repeat(call: Call, first: Answer): Promise<void> {
    const again = await this.send(call);
    if (!again || again.status === 503) return;
    this.books.statistics.replays += 1;
    if (again.status === first.status && again.body['id'] === first.body['id']) return;
    this.books.faults.push(`a repeat was answered ${again.status} ${JSON.stringify(again.body)}`);
  }

  /** The answer of a success; null when nobody knows whether it happened. */
  private async change(call: Call, marks: string[]): Promise<Answer | null> {
    this.books.ledger.ask(marks);
    const answer = await this.send(call);
    if (!answer || answer.status === 503) return null;
    if (answer.status >= 300) {
      throw new Error(
        `${call.method} ${call.path} was answered ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    }
    this.books.ledger.acknowledge(marks);
    return answer;
  }

  private async send(call: Call): Promise<Answer | null> {
    const { statistics } = this.books;
    statistics.requests += 1;
    const answer = await this.connection.send(call);
    if (answer === null) statistics.lost += 1;
    if (answer?.status === 503) statistics.unavailable += 1;
    // Not to fill the machine with refused connections while the server starts.
    if (answer === null || answer.status === 503) await new Promise((resolve) => setTimeout(resolve, 15));
    return answer;
  }
}
