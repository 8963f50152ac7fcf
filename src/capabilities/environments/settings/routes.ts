import { type Operation, byKey, operation } from '../../../platform/operation.ts';
import { settingsSchema, updateSettingsSchema } from './contract.ts';
import { readAllSettings, updateSettings } from './settings.ts';

/** A function: the schemas hold the groups that all slices have declared by then. */
export function settingOperations(): readonly Operation[] {
  const Settings = settingsSchema();
  return [
    operation({
      ...byKey,
      id: 'settings.get',
      summary: "Get the environment's settings",
      method: 'GET',
      path: '/management/settings',
      permission: 'settings:read',
      returns: { 200: Settings },
      run: (reader) => readAllSettings(reader),
    }),
    operation({
      ...byKey,
      id: 'settings.update',
      summary: "Change some of the environment's settings",
      method: 'PATCH',
      path: '/management/settings',
      permission: 'settings:write',
      body: updateSettingsSchema(),
      returns: { 200: Settings },
      errors: [{ status: 422, code: 'validation_failed', when: 'A group or field is unknown or malformed.' }],
      run: (tx, { body }) => updateSettings(tx, body as Record<string, object | undefined>),
    }),
  ];
}
