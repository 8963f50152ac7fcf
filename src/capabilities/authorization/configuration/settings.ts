import { defineSettings } from '../../environments/index.ts';
import { RoleSettings } from './contract.ts';

export const roleSettings = defineSettings('roles', RoleSettings);
