import { expect, test } from 'vitest';
import { checkNames } from './names.ts';

test.each([
  ['src/lib/URL.ts'],
  ['src/lib/fooBar.ts'],
  ['src/lib/foo_bar.ts'],
  ['src/Lib/url.ts'],
  ['src/lib/utils.ts'],
  ['src/utils/url.ts'],
  ['src/lib/url-helpers.ts'],
  ['src/capabilities/users/user-service.test.ts'],
  ['test/common.ts'],
  ['scripts/lock-manager.mjs'],
])('%s is refused', (path) => {
  expect(checkNames([path])).toHaveLength(1);
});

test.each([
  ['src/lib/url.ts'],
  ['src/protocols/saml/service-provider.ts'],
  ['src/lib/common-passwords.ts'],
  ['test/crash/outbox.slow.test.ts'],
  ['README.md'],
  ['migrations/0001_environments.sql'],
])('%s is fine', (path) => {
  expect(checkNames([path])).toEqual([]);
});
