import type { z } from 'zod';
import type { EventName } from '../../../platform/events/names.ts';

/** What the catalogue says of an event, beside the schema that its capability declares. */
export interface CatalogueEntry {
  /** The folder of `src/capabilities` that emits it, or will. */
  readonly capability: string;
  /** When it is emitted, as a sentence. */
  readonly when: string;
  /** A `data` that could be a real one. */
  readonly sample: Readonly<Record<string, unknown>>;
  /** What the update of the sample replaced. */
  readonly previous?: Readonly<Record<string, unknown>>;
  /** Where `context` says more than that of other events: its schema, and what it adds in the sample. */
  readonly context?: { readonly schema: z.ZodType; readonly sample: Readonly<Record<string, unknown>> };
  /** Whether webhook endpoints may ask for it; the others are read from `GET /events` alone. */
  readonly isSubscribable: boolean;
  /** The schema of `data` until the capability declares it with `defineEvent`: that takes this line's place. */
  readonly planned?: z.ZodType;
}

type Described = Omit<CatalogueEntry, 'capability' | 'isSubscribable'> & { readonly isSubscribable?: false };

/** The events of one capability. */
export function family<Name extends EventName>(
  capability: string,
  entries: Record<Name, Described>,
): Record<Name, CatalogueEntry> {
  const filled = Object.entries<Described>(entries).map(([name, entry]) => [
    name,
    { isSubscribable: true, ...entry, capability },
  ]);
  return Object.fromEntries(filled) as Record<Name, CatalogueEntry>;
}
