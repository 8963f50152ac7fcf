// two nodes are asked the same at once, a thousand times in all. Exactly one wins, or all get the same.
import { beforeAll, expect, test } from 'vitest';
import type { TestClient } from '../client.ts';
import { useServer } from '../harness.ts';
import { makeUser } from '../people.ts';
import { giveCode, outcomeOf, redeem, refresh, signIn } from '../sign-in.ts';

const server = useServer();
const rounds = 500;
/** Rounds that run at once, each with codes and tokens of its own. */
const abreast = 4;
let nodes: readonly [TestClient, TestClient];
let userId: string;

beforeAll(async () => {
  nodes = [server.anonymous, (await server.startNode()).api];
  userId = await makeUser(server.api, { email_verified: true });
});

async function inRounds(play: () => Promise<void>): Promise<void> {
  let left = rounds;
  const player = async () => {
    while (left > 0) {
      left -= 1;
      await play();
    }
  };
  await Promise.all(Array.from({ length: abreast }, player));
}

test('a code that both nodes are given makes one session, and that ends', { timeout: 120_000 }, async () => {
  await inRounds(async () => {
    const code = await giveCode(server, { userId });
    const answers = await Promise.all(nodes.map((node) => redeem(server, code, {}, node)));
    expect(answers.map(outcomeOf).sort()).toEqual(['200', '400 invalid_grant']);
    const winner = answers.find(({ status }) => status === 200);
    expect(outcomeOf(await refresh(server, winner?.body.refresh_token))).toBe('400 invalid_grant');
  });
  const { body } = await server.api.get(`/user_management/users/${userId}/sessions`);
  expect(body.data).toEqual([]);
});

test('a refresh token that both nodes are given has one successor', { timeout: 120_000 }, async () => {
  const tokens: string[] = [];
  for (let index = 0; index < abreast; index += 1) {
    tokens.push((await signIn(server, { userId })).refresh_token);
  }
  await inRounds(async () => {
    const token = tokens.shift() ?? '';
    const answers = await Promise.all(nodes.map((node) => refresh(server, token, {}, node)));
    expect(answers.map(outcomeOf)).toEqual(['200', '200']);
    const [left, right] = answers.map(({ body }) => String(body.refresh_token));
    expect(left).toBe(right);
    tokens.push(left ?? '');
  });
});
