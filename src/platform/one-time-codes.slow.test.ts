// Threat G-05: codes are spread evenly, those with leading zeros included.
import { expect, test } from 'vitest';
import { useServer } from '../../test/harness.ts';
import { inEnvironment } from '../../test/people.ts';
import { sql } from './database/sql.ts';
import { issueCode } from './one-time-codes.ts';

const server = useServer();
const count = 10_000;

test('of 10,000 codes every digit is as frequent as any other, in every place', async () => {
  const codes: string[] = [];
  for (let part = 0; part < 20; part += 1) codes.push(...(await issueCodes(part, count / 20)));
  expect(codes).toHaveLength(count);
  expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
  for (let place = 0; place < 6; place += 1) {
    const seen = Array.from({ length: 10 }, () => 0);
    for (const code of codes) seen[Number(code[place])] = (seen[Number(code[place])] ?? 0) + 1;
    const chiSquare = seen.reduce((sum, times) => sum + (times - count / 10) ** 2 / (count / 10), 0);
    // 9 degrees of freedom: less than one run in 100,000 is above this in one of six places.
    expect(chiSquare, `place ${place}: ${seen.join(' ')}`).toBeLessThan(46);
  }
}, 120_000);

const issueCodes = (part: number, size: number): Promise<string[]> =>
  inEnvironment(server, async (tx) => {
    const codes: string[] = [];
    for (let index = 0; index < size; index += 1) {
      const id = tx.newId('user');
      const email = `${part}-${index}@example.com`;
      await tx.run(sql`
        insert into user_account (environment_id, id, email, email_key, email_verified, metadata, created_at, updated_at)
        values (${tx.environmentId}, ${id}, ${email}, ${email}, false, '{}', ${tx.now}, ${tx.now})`);
      const { code } = await issueCode(tx, server.encryption, {
        purpose: 'email_verification',
        userId: id,
        email,
      });
      codes.push(code.code);
    }
    return codes;
  });
