import type { Tx } from './transaction.ts';

/** What else happens, in the same transaction, when an object is made or deleted. */
type Step = (tx: Tx, id: string) => Promise<void>;

/** Nouns whose making or deletion concerns slices that lie further out than their own. */
type Noun = 'environment' | 'organization' | 'user';

const creations = new Map<Noun, Step[]>();
const deletions = new Map<Noun, Step[]>();

/** Declares what a new object of another slice is given by this one, such as the default role of an environment. */
export function onCreate(noun: Noun, step: Step): void {
  creations.set(noun, [...(creations.get(noun) ?? []), step]);
}

/** Declares what the deletion of an object takes with it; runs before its row goes, so that events can tell of it. */
export function onDelete(noun: Noun, step: Step): void {
  deletions.set(noun, [...(deletions.get(noun) ?? []), step]);
}

/** For the verb that makes a noun. */
export async function afterCreated(tx: Tx, noun: Noun, id: string): Promise<void> {
  for (const step of creations.get(noun) ?? []) await step(tx, id);
}

/** For the verb that deletes a noun. */
export async function beforeDeleted(tx: Tx, noun: Noun, id: string): Promise<void> {
  for (const step of deletions.get(noun) ?? []) await step(tx, id);
}
