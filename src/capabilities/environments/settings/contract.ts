import { z } from 'zod';
import { settingGroups } from './settings.ts';

/** All groups as they are answered; made when the application is put together, after every slice has declared. */
export function settingsSchema() {
  return z.strictObject(Object.fromEntries(settingGroups().map(({ name, schema }) => [name, schema])));
}

/** All groups as they may be sent: any of them, with any of their fields. */
export function updateSettingsSchema() {
  const fields = settingGroups().map(
    ({ name, schema }) => [name, withoutDefaults(schema).optional()] as const,
  );
  return z.strictObject(Object.fromEntries(fields));
}

/** Absent must mean "unchanged", so the defaults go. */
function withoutDefaults(schema: z.ZodObject): z.ZodObject {
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const inner = field instanceof z.ZodDefault ? field.unwrap() : field;
    return [name, (inner as z.ZodType).optional()] as const;
  });
  return z.strictObject(Object.fromEntries(fields));
}
