import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Reader } from '../../../platform/scope.ts';
import type { Tx } from '../../../platform/transaction.ts';
import { forgetSettings, rememberSettings } from './remembered.ts';
import { type SettingReader, findSettings, findSettingsForUpdate, upsertSettings } from './store.ts';

/** A named group of an environment's settings. Every field has a default, so an untouched group needs no row. */
export interface SettingGroup<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly schema: z.ZodObject<Shape>;
}

const groups = new Map<string, SettingGroup>();

/**
 * Declares a group in the slice that reads it; it appears under `/management/settings` by itself.
 * @param schema an object whose every field has a default
 * @throws when the name is taken or a field lacks its default
 */
export function defineSettings<Shape extends z.ZodRawShape>(
  name: string,
  schema: z.ZodObject<Shape>,
): SettingGroup<Shape> {
  assert(!groups.has(name), `settings ${name} are defined twice`);
  schema.parse({});
  const group = { name, schema };
  // A schema of one shape is no schema of any shape to the compiler; the registry only ever parses with it.
  groups.set(name, group as unknown as SettingGroup);
  return group;
}

type Step = (tx: Tx, before: object, after: object) => Promise<void>;

const steps = new Map<string, Step[]>();

/** Declares what else happens, in the same transaction, when a group is changed. */
export function whenSettingsChange<Shape extends z.ZodRawShape>(
  { name, schema }: SettingGroup<Shape>,
  step: (tx: Tx, before: z.output<z.ZodObject<Shape>>, after: z.output<z.ZodObject<Shape>>) => Promise<void>,
): void {
  const parsed: Step = (tx, before, after) => step(tx, schema.parse(before), schema.parse(after));
  steps.set(name, [...(steps.get(name) ?? []), parsed]);
}

/** Every group that a slice has declared. */
export function settingGroups(): readonly SettingGroup[] {
  return [...groups.values()];
}

/**
 * Reads one group, with defaults for what was never set. At most a second old, except to the process that changed it:
 * that one knows at once. Not to be changed.
 */
export function readSettings<Shape extends z.ZodRawShape>(
  reader: Reader,
  group: SettingGroup<Shape>,
): Promise<Readonly<z.output<z.ZodObject<Shape>>>> {
  return rememberSettings(reader, group.name, () => readSettingsNow(reader, group));
}

/** Reads one group as its row is now. */
export async function readSettingsNow<Shape extends z.ZodRawShape>(
  reader: SettingReader,
  group: SettingGroup<Shape>,
): Promise<Readonly<z.output<z.ZodObject<Shape>>>> {
  const rows = await findSettings(reader, [group.name]);
  return Object.freeze(group.schema.parse(rows[0]?.value ?? {}));
}

export async function readAllSettings(reader: Reader): Promise<Record<string, object>> {
  const declared = settingGroups();
  const rows = await findSettings(
    reader,
    declared.map(({ name }) => name),
  );
  const stored = new Map(rows.map((row) => [row.name, row.value]));
  return Object.fromEntries(declared.map(({ name, schema }) => [name, schema.parse(stored.get(name) ?? {})]));
}

/** Changes the fields that are given, of the groups that are given. */
export async function updateSettings(
  tx: Tx,
  input: Record<string, object | undefined>,
): Promise<Record<string, object>> {
  for (const { name, schema } of settingGroups()) {
    const changes = input[name];
    if (changes === undefined) continue;
    const current = await findSettingsForUpdate(tx, name);
    const next = schema.parse({ ...current, ...changes });
    await upsertSettings(tx, name, next);
    forgetSettings(tx);
    for (const step of steps.get(name) ?? []) await step(tx, current, next);
  }
  return readAllSettings(tx);
}

const Link = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .nullable()
  .default(null);

/** Pages of the application that links and redirects lead to (spec/authkit 4.7). */
export const urlSettings = defineSettings(
  'urls',
  z.object({
    app_homepage_url: Link,
    /** Where a person is sent to start a sign-in that the application did not start. */
    sign_in_url: Link,
    sign_up_url: Link,
    user_invitation_url: Link,
    password_reset_url: Link,
  }),
);
