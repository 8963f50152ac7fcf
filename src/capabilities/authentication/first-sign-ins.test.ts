import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { type Person, makePerson, signInByPassword } from '../../../test/sign-in.ts';

const server = useServer();

/** More than there are connections. */
const many = 16;

test('the first sign-ins of an environment, all at once, get tokens although none has a signing key yet', async () => {
  const environment = await server.addEnvironment('sandbox');
  const people: Person[] = [];
  for (let made = 0; made < many; made += 1) people.push(await makePerson(environment.api));
  const answers = await Promise.all(
    people.map(({ email }) => signInByPassword({ ...server, ...environment }, email)),
  );
  expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual([]);
});
