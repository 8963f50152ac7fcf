import assert from 'node:assert/strict';
import type { z } from 'zod';
import { actorOf } from '../scope.ts';
import type { Tx } from '../transaction.ts';
import type { EventName } from './names.ts';

/** A kind of event: its documented name and the schema of its `data`. */
export interface EventType<Schema extends z.ZodType = z.ZodType> {
  readonly name: EventName;
  readonly data: Schema;
}

const defined = new Map<EventName, EventType>();

/**
 * Declares an event once, in the slice that owns it.
 * @param name the documented name, written whole so that a search finds it
 * @throws when two slices declare one name
 */
export function defineEvent<Schema extends z.ZodType>(name: EventName, data: Schema): EventType<Schema> {
  assert(!defined.has(name), `event ${name} is defined twice`);
  const type: EventType<Schema> = { name, data };
  defined.set(name, type);
  return type;
}

/** Every event that this build can emit, by name. */
export function definedEvents(): ReadonlyMap<EventName, EventType> {
  return defined;
}

export interface EmitOptions {
  /** Puts the event into the organization's own feed; null for events of no organization. */
  organizationId: string | null;
  /** The values that an update replaced. */
  previousAttributes?: Readonly<Record<string, unknown>>;
}

/**
 * Adds an event to the transaction: it is written if, and only if, the change is.
 * @throws when `data` is not what the event's schema says
 */
export function emit<Schema extends z.ZodType>(
  tx: Tx,
  type: EventType<Schema>,
  data: z.input<Schema>,
  options: EmitOptions,
): void {
  const { environment } = tx;
  const context = {
    client_id: environment.client_id,
    actor: actorOf(tx.principal),
    ...(options.previousAttributes ? { previous_attributes: options.previousAttributes } : {}),
  };
  tx.pending.events.push({
    id: tx.newId('event'),
    environment_id: environment.id,
    type: type.name,
    organization_id: options.organizationId,
    data: type.data.parse(data) as object,
    context,
    created_at: tx.now,
  });
}
