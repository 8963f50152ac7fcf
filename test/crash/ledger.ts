import { z } from 'zod';

const Data = z.object({
  id: z.string(),
  name: z.string().optional(),
  domain: z.string().optional(),
  organization_id: z.string().optional(),
});

export const Event = z.object({ id: z.string(), event: z.string(), data: Data });
export type Event = z.infer<typeof Event>;

/** What an event is about, so that a change can be recognised by it: every name and domain is used once. */
export function mark({ event, data }: Pick<Event, 'event' | 'data'>): string {
  const isName = event === 'organization.created' || event === 'organization.updated';
  return `${event} ${isName ? data.name : (data.domain ?? data.id)}`;
}

export interface Organization {
  name: string;
  domains: string[];
}

/** What clients asked for and were told: each mark happened once, or (unknown) once or not at all. */
export class Ledger {
  private readonly expected = new Map<string, 'once' | 'at most once'>();

  /** Before the request is sent. */
  ask(marks: readonly string[]): void {
    for (const name of marks) this.expected.set(name, 'at most once');
  }

  /** After a success was answered. */
  acknowledge(marks: readonly string[]): void {
    for (const name of marks) this.expected.set(name, 'once');
  }

  get acknowledged(): number {
    return [...this.expected.values()].filter((outcome) => outcome === 'once').length;
  }

  /** Sentences about what is lost, doubled or was never asked for. */
  compare(history: History): string[] {
    const faults: string[] = [];
    for (const [name, outcome] of this.expected) {
      const count = history.counts.get(name) ?? 0;
      if (count > 1) faults.push(`${count} events for one change: ${name}`);
      if (outcome === 'once' && count === 0) faults.push(`acknowledged, but there is no event: ${name}`);
    }
    for (const name of history.counts.keys()) {
      if (!this.expected.has(name)) faults.push(`an event of a change that nobody asked for: ${name}`);
    }
    return faults;
  }
}

/** What the events say: the state that follows from them, and how often each change is told. */
export class History {
  readonly ids: string[] = [];
  readonly counts = new Map<string, number>();
  readonly organizations = new Map<string, Organization>();
  readonly faults: string[] = [];
  private readonly seen = new Set<string>();

  get last(): string | null {
    return this.ids.at(-1) ?? null;
  }

  add(event: Event): void {
    if (this.seen.has(event.id)) this.faults.push(`the reader saw event ${event.id} twice`);
    this.seen.add(event.id);
    this.ids.push(event.id);
    const name = mark(event);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.apply(event);
  }

  private apply({ event, data }: Event): void {
    const { id } = data;
    if (event === 'organization.created') {
      const early = this.organizations.get(id)?.domains ?? [];
      this.organizations.set(id, { name: data.name ?? '', domains: early });
      return;
    }
    if (event === 'organization.deleted') {
      this.organizations.delete(id);
      return;
    }
    // The domains of a new organization are told before it, in the same transaction.
    const owner = this.organizations.get(data.organization_id ?? id) ?? { name: '', domains: [] };
    this.organizations.set(data.organization_id ?? id, owner);
    if (event === 'organization.updated') owner.name = data.name ?? '';
    if (event === 'organization_domain.created') owner.domains.push(data.domain ?? '');
    if (event === 'organization_domain.deleted') {
      owner.domains = owner.domains.filter((domain) => domain !== data.domain);
    }
  }

  /** Sentences about where the events tell another story than the objects. */
  compare(actual: ReadonlyMap<string, Organization>): string[] {
    const told = (organization: Organization | undefined) =>
      organization && `${organization.name} [${[...organization.domains].sort().join(' ')}]`;
    const ids = new Set([...actual.keys(), ...this.organizations.keys()]);
    return [...ids]
      .map((id) => ({ id, is: told(actual.get(id)), should: told(this.organizations.get(id)) }))
      .filter(({ is, should }) => is !== should)
      .map(({ id, is, should }) => `${id} is ${is ?? 'not there'}, by its events ${should ?? 'not there'}`);
  }
}
