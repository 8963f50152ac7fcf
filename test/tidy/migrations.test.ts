import { expect, test } from 'vitest';
import { checkMigrations, checksumOf } from './migrations.ts';
import { formatViolations } from './source.ts';

const paths = ['src/capabilities/users/index.ts', 'src/platform/jobs.ts', 'src/platform/events/index.ts'];
const USERS = '-- owner: users\ncreate table "user" ();\n';

function check(files: Record<string, string>, checksums?: Record<string, string>): string {
  const actual = Object.entries(files).map(([name, text]) => [name, checksumOf(text)]);
  const recorded = JSON.stringify(checksums ?? Object.fromEntries(actual));
  const texts = [
    ...Object.entries(files).map(([name, text]) => ({ path: `migrations/${name}`, text })),
    { path: 'migrations/checksums.json', text: recorded },
  ];
  return formatViolations(checkMigrations(texts, paths));
}

test('numbered, owned and recorded migrations pass', () => {
  const files = {
    '0001_users.sql': USERS,
    '0002_jobs.sql': '-- owner: jobs\n',
    '0003_events.sql': '-- owner: events\n',
  };
  expect(check(files)).toBe('');
});

test('a gap in the numbers is refused', () => {
  expect(check({ '0001_users.sql': USERS, '0003_more.sql': USERS })).toContain(
    '0003_more.sql:1 must be named',
  );
});

test.each([['create table a ();\n'], ['\n-- owner: users\n'], ['-- owner users\n']])(
  'no owner in %j',
  (text) => {
    expect(check({ '0001_users.sql': text })).toContain('0001_users.sql:1 the first line must be');
  },
);

test('an owner that does not exist is refused', () => {
  expect(check({ '0001_users.sql': '-- owner: accounts\n' })).toContain("its owner 'accounts' is no slice");
});

test('a migration that changed after it was recorded is refused', () => {
  const recorded = { '0001_users.sql': checksumOf(USERS) };
  expect(check({ '0001_users.sql': `${USERS} ` }, recorded)).toContain('was changed after it was recorded');
});

test('a migration without a checksum is refused', () => {
  expect(check({ '0001_users.sql': USERS }, {})).toContain('has no checksum yet');
});

test('a recorded migration that is gone is refused', () => {
  const recorded = { '0001_users.sql': checksumOf(USERS), '0002_gone.sql': checksumOf('') };
  expect(check({ '0001_users.sql': USERS }, recorded)).toContain('records 0002_gone.sql, which is gone');
});
