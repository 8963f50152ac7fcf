import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const read = (environment: NodeJS.ProcessEnv) => readConfig(environment, 'development');

test('mail comes from Doorwright at localhost unless told otherwise', () => {
  expect(read({}).mailFrom).toEqual({ name: 'Doorwright', address: 'no-reply@localhost' });
  expect(read({}).smtpUrl).toBeUndefined();
  expect(read({ DOORWRIGHT_MAIL_FROM: 'Acme <id@ACME.example>' }).mailFrom).toEqual({
    name: 'Acme',
    address: 'id@acme.example',
  });
});

test.each([
  ['DOORWRIGHT_MAIL_FROM', 'Acme'],
  ['DOORWRIGHT_MAIL_FROM', 'Acme\r\nBcc: eve@evil.example <id@acme.example>'],
  ['DOORWRIGHT_SMTP_URL', 'smtp.example.com'],
  ['DOORWRIGHT_SMTP_URL', 'https://user:hunter2@smtp.example.com'],
])('%s=%j is refused by name, and not repeated', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(name);
  expect(() => read({ [name]: value })).not.toThrow(/evil|hunter2/);
});
