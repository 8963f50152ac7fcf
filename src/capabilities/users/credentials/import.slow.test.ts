// Threats P-04 to P-06: hashes of other products, through the API.
import { expect, test } from 'vitest';
import { hashRows } from '../../../../test/contract/sweep.ts';
import { useServer } from '../../../../test/harness.ts';
import { freshPassword, signIn, storedHash } from '../../../../test/passwords.ts';
import { readVectors } from '../../../protocols/password/hash-formats/vectors/read-vectors.ts';

const server = useServer();
const path = '/user_management/users';
const ours = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

/** One hash of each format and place of the salt, each made by another program. */
const vectors = readVectors()
  .filter(({ password }) => !password.includes('\0') && password.isWellFormed())
  .filter((vector, index, all) => {
    const isLike = (other: typeof vector) =>
      other.type === vector.type && other.saltPosition === vector.saltPosition;
    return all.findIndex(isLike) === index;
  })
  .map((vector) => [`${vector.type} ${vector.saltPosition ?? ''}`.trim(), vector] as const);

let count = 0;
const nextEmail = () => {
  count += 1;
  return `import${count}@example.com`;
};

const importOf = ({ type, hash, saltPosition }: (typeof vectors)[number][1]) => ({
  password_hash: hash,
  password_hash_type: type,
  ...(saltPosition ? { password_salt_position: saltPosition } : {}),
});

test('every format is tried', () => {
  expect(vectors.map(([name]) => name).sort()).toEqual([
    'argon2',
    'bcrypt',
    'firebase-scrypt',
    'pbkdf2',
    'scrypt',
    'ssha',
    'ssha256',
    'ssha256 prefix',
  ]);
});

test.each(vectors)('a user imported with %s signs in, and has a hash of ours then', async (_, vector) => {
  const email = nextEmail();
  const input = { email, email_verified: true, ...importOf(vector) };
  const { status, body } = await server.api.post(path, input);
  expect(status, JSON.stringify(body)).toBe(201);
  expect(await storedHash(server, body.id)).toMatch(new RegExp(`^${vector.type}(-prefix)?:`));
  expect((await signIn(server, email, `${vector.password}!`)).body.code).toBe('invalid_credentials');
  expect(await storedHash(server, body.id)).not.toMatch(ours);
  expect((await signIn(server, email, vector.password)).status).toBe(200);
  const stored = await storedHash(server, body.id);
  expect(stored).toMatch(ours);
  expect((await signIn(server, email, vector.password)).status).toBe(200);
  expect((await signIn(server, email, `${vector.password}!`)).body.code).toBe('invalid_credentials');
  expect(await storedHash(server, body.id)).toBe(stored);
  const events = await server.api.get('/events?order=desc&limit=100');
  expect(JSON.stringify(events.body)).not.toContain(vector.hash);
});

test('an update imports a hash as well, which replaces the password', async () => {
  const [email, password] = [nextEmail(), freshPassword()];
  const { body: user } = await server.api.post(path, { email, password, email_verified: true });
  const vector = readVectors().find(({ type }) => type === 'bcrypt');
  if (!vector) throw new Error('no vector');
  expect((await server.api.put(`${path}/${user.id}`, importOf(vector))).status).toBe(200);
  expect((await signIn(server, email, password)).status).toBe(400);
  expect((await signIn(server, email, vector.password)).status).toBe(200);
});

test('of many who sign in at once with one imported password, on two nodes, nobody is refused', async () => {
  const second = await server.startNode();
  const vector = readVectors().find(({ type }) => type === 'ssha');
  if (!vector) throw new Error('no vector');
  const nodes = [server, { ...server, anonymous: second.api }];
  for (let round = 0; round < 3; round += 1) {
    const email = nextEmail();
    await server.api.post(path, { email, email_verified: true, ...importOf(vector) });
    const answers = await Promise.all(
      [0, 1, 0, 1, 0, 1].map((node) => signIn(nodes[node] ?? server, email, vector.password)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  }
});

const salt = 'c2FsdHNhbHRzYWx0c2FsdA';
const digest = 'q'.repeat(43);

test.each([
  ['pbkdf2 of 1,000,001 rounds', 'pbkdf2', `$pbkdf2$i=1000001,d=sha256$${salt}$${digest}`],
  ['pbkdf2 of 599,999 rounds', 'pbkdf2', `$pbkdf2$i=599999,d=sha256$${salt}$${digest}`],
  ['argon2 with 4 GiB', 'argon2', `$argon2id$v=19$m=4194304,t=3,p=4$${salt}$${digest}`],
  ['argon2 of an older version', 'argon2', `$argon2id$v=16$m=65536,t=3,p=4$${salt}$${digest}`],
  ['scrypt with N of 2^30', 'scrypt', `$scrypt$v=1$n=1073741824,r=8,p=1,kl=32$${salt}$${digest}`],
  ['bcrypt of cost 31', 'bcrypt', '$2b$31$an6wr.6JpL5DZC1zPCGJGOSwgKmWKso9CaV52fHrzAZp/m4ih2Ppq'],
  ['a bcrypt hash called argon2', 'argon2', '$2b$10$an6wr.6JpL5DZC1zPCGJGOSwgKmWKso9CaV52fHrzAZp/m4ih2Ppq'],
  ['half a hash', 'bcrypt', '$2b$10$an6wr'],
  ['no hash', 'ssha', ''],
  ['text that is no base64', 'ssha', '{SSHA}***'],
])('%s is refused with 400 invalid_password_hash, and nothing is written', async (_, type, hash) => {
  const before = await hashRows(server);
  const input = { email: nextEmail(), password_hash: hash, password_hash_type: type };
  const response = await server.api.post(path, input);
  expect([response.status, response.body.code]).toEqual([400, 'invalid_password_hash']);
  expect(await hashRows(server)).toBe(before);
});

const bcrypt = '$2b$10$an6wr.6JpL5DZC1zPCGJGOSwgKmWKso9CaV52fHrzAZp/m4ih2Ppq';

test.each([
  [
    'password_and_password_hash_provided',
    { password: 'a', password_hash: bcrypt, password_hash_type: 'bcrypt' },
  ],
  ['password_and_password_hash_type_provided', { password: 'a', password_hash_type: 'bcrypt' }],
  ['password_salt_position_requires_password_hash', { password_salt_position: 'prefix' }],
  ['password_salt_position_requires_password_hash', { password: 'a', password_salt_position: 'prefix' }],
  ['invalid_password_hash', { password_hash: bcrypt }],
  ['invalid_password_hash', { password_hash_type: 'bcrypt' }],
  [
    'invalid_password_hash',
    { password_hash: bcrypt, password_hash_type: 'bcrypt', password_salt_position: 'prefix' },
  ],
])('%s: %j is refused on create and on update', async (code, input) => {
  const { body: user } = await server.api.post(path, { email: nextEmail() });
  const before = await hashRows(server);
  const created = await server.api.post(path, { email: nextEmail(), ...input });
  const updated = await server.api.put(`${path}/${user.id}`, input);
  for (const { status, body } of [created, updated]) expect([status, body.code]).toEqual([400, code]);
  expect(await hashRows(server)).toBe(before);
});
