// What people read in one line can be written in every script, and shows nobody anything other than it says.
import { describe, expect, test } from 'vitest';
import { sql } from '../../src/platform/database/sql.ts';
import type { TestResponse } from '../client.ts';
import { useServer } from '../harness.ts';

const server = useServer();

let turn = 0;
const next = (): number => (turn += 1);

interface Text {
  of: string;
  field: string;
  write(text: string): Promise<TestResponse>;
}

const environmentIdOf = async () => (await server.api.get('/management/environment')).body.id as string;
const organization = async () => (await server.api.post('/organizations', { name: 'A' })).body;
const user = async () =>
  (await server.api.post('/user_management/users', { email: `texts-${next()}@example.com` })).body;
const newRole = (fields: object) =>
  server.api.post('/authorization/roles', { slug: `role-${next()}`, name: 'A', ...fields });
const newPermission = (fields: object) =>
  server.api.post('/authorization/permissions', { slug: `permission-${next()}`, name: 'A', ...fields });

const partsOfName = ['first_name', 'last_name', 'name'].flatMap((field): Text[] => [
  {
    of: `a new user's ${field}`,
    field,
    write: (text) =>
      server.api.post('/user_management/users', { email: `texts-${next()}@example.com`, [field]: text }),
  },
  {
    of: `a user's changed ${field}`,
    field,
    write: async (text) => server.api.put(`/user_management/users/${(await user()).id}`, { [field]: text }),
  },
]);

const lines: Text[] = [
  ...partsOfName,
  {
    of: 'a new organization',
    field: 'name',
    write: (name) => server.api.post('/organizations', { name }),
  },
  {
    of: 'a renamed organization',
    field: 'name',
    write: async (name) => server.api.put(`/organizations/${(await organization()).id}`, { name }),
  },
  {
    of: 'a new environment',
    field: 'name',
    write: (name) => server.install.post('/management/environments', { name, kind: 'sandbox' }),
  },
  {
    of: 'a renamed environment',
    field: 'name',
    write: async (name) =>
      server.install.patch(`/management/environments/${await environmentIdOf()}`, { name }),
  },
  { of: 'an API key', field: 'name', write: (name) => server.api.post('/management/api_keys', { name }) },
  { of: 'a role', field: 'name', write: (name) => newRole({ name }) },
  { of: 'a permission', field: 'name', write: (name) => newPermission({ name }) },
  {
    of: 'a brand',
    field: 'application_name',
    write: (text) => server.api.patch('/management/branding', { application_name: text }),
  },
];

const descriptions: Text[] = [
  { of: 'a role', field: 'description', write: (description) => newRole({ description }) },
  { of: 'a permission', field: 'description', write: (description) => newPermission({ description }) },
];

const code = (character: string) => `U+${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
const controls = [...range(0x01, 0x1f), ...range(0x7f, 0x9f)];
const turns = [...range(0x202a, 0x202e), ...range(0x2066, 0x2069)];

const goodNames = [
  "Zoë O'Brien-Łukasz",
  '李小龙 & Söhne <b>',
  'محمد بن سلمان',
  '\u200fעברית\u200f (abc)',
  'می\u200cخواهم',
  'नमस्ते क्षत्रिय',
  'e\u0301 à\u0323',
  '👩🏽\u200d🚀 🏳️\u200d🌈 🇺🇳',
];

describe.each(lines)('the name of $of', ({ field, write }) => {
  test('is refused with what is not one plain line', async () => {
    for (const bad of ['\n', '\t', '\r', '\u0085', '\u202e', '\u2066', '\u2028', '\u2029']) {
      const { status, body } = await write(`A${bad}B`);
      expect([code(bad), status]).toEqual([code(bad), 422]);
      const message = 'One line of text, without control characters and without changes of direction.';
      expect(body.errors).toEqual([{ code: 'invalid_format', field, message }]);
    }
  });

  test('is kept in every script', async () => {
    for (const name of goodNames) expect((await write(name)).body).toMatchObject({ [field]: name });
  });
});

test('every control character and every change of direction is refused', async () => {
  for (const bad of [...controls, ...turns]) {
    const { status } = await server.api.post('/organizations', { name: `A${bad}B` });
    expect([code(bad), status]).toEqual([code(bad), 422]);
  }
});

describe.each(descriptions)('the description of $of', ({ field, write }) => {
  test('may have lines and tabs, whatever ends a line where it was written', async () => {
    const text = 'First:\r\n\tone\r\tzwei 👩🏽\u200d🚀\n\nعربي';
    expect((await write(text)).body).toMatchObject({ [field]: text.replace(/\r\n?/g, '\n') });
  });

  test('is refused with other controls and changes of direction', async () => {
    for (const bad of [...controls, ...turns].filter((character) => !'\n\t\r'.includes(character))) {
      const { status, body } = await write(`A${bad}B`);
      expect([code(bad), status, body.errors?.[0]?.field]).toEqual([code(bad), 422, field]);
    }
  });
});

test('names that were stored before are read, and changing something else keeps them', async () => {
  const { id: userId } = await user();
  const { id: organizationId } = await organization();
  const old = 'Ann\nLee\u202e';
  await server.database.run(sql`update user_account set first_name = ${old} where id = ${userId}`);
  await server.database.run(sql`update organization set name = ${old} where id = ${organizationId}`);
  expect((await server.api.get(`/user_management/users/${userId}`)).body.first_name).toBe(old);
  const changed = await server.api.put(`/user_management/users/${userId}`, { last_name: 'New' });
  expect([changed.status, changed.body.first_name]).toEqual([200, old]);
  expect((await server.api.get(`/organizations/${organizationId}`)).body.name).toBe(old);
  expect((await server.api.get('/organizations?limit=100')).status).toBe(200);
  const kept = await server.api.put(`/organizations/${organizationId}`, { external_id: 'kept' });
  expect([kept.status, kept.body.name]).toEqual([200, old]);
  expect((await server.api.get('/events?limit=100')).status).toBe(200);
});
