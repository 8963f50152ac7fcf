import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';
import { makePerson, signInByPassword } from '../../../test/sign-in.ts';

const server = useServer();

/** More than there are connections for transactions, and no more than one address may try in a minute. */
const many = 10;

test('the first sign-ins of an environment, all at once, get tokens although none has a signing key yet', async () => {
  const environment = await server.addEnvironment('sandbox');
  const { email } = await makePerson(environment.api);
  const answers = await Promise.all(
    Array.from({ length: many }, () => signInByPassword({ ...server, ...environment }, email)),
  );
  expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual([]);
});
