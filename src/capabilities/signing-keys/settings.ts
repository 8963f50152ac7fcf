import { z } from 'zod';
import { defineSettings } from '../environments/index.ts';
import { SigningAlgorithm } from './contract.ts';

/** How the access tokens of sessions are signed. Another algorithm makes a key of its own on the next use. */
export const accessTokenSettings = defineSettings(
  'access_tokens',
  z.object({ algorithm: SigningAlgorithm.default('RS256') }),
);
