import { describe, expect, test } from 'vitest';
import { canReach, decideAccount, hasPermission, type Facts } from './account.ts';

const root: Facts = {
  uid: 0,
  owner: { uid: 0, gid: 0 },
  hasCluster: false,
  hasUserNamespaces: true,
  canOwnerReach: true,
  canNobodyReach: true,
};
const alice = { uid: 1000, gid: 1000 };

describe('the account PostgreSQL runs as', () => {
  const cases: [name: string, facts: Partial<Facts>, expected: unknown][] = [
    ['an ordinary user runs it', { uid: 1000, owner: alice }, { kind: 'self' }],
    ['an ordinary user starts anew where root made the directory', { uid: 1000 }, { kind: 'self' }],
    ['root runs it in a user namespace', {}, { kind: 'namespace' }],
    ['root runs it in one below a 0700 home, too', { canNobodyReach: false }, { kind: 'namespace' }],
    [
      'root without namespaces runs it as uid 65534',
      { hasUserNamespaces: false },
      { kind: 'nobody', uid: 65534, gid: 65534, isRelocated: false },
    ],
    [
      'below a 0700 home its files go elsewhere',
      { hasUserNamespaces: false, canNobodyReach: false },
      { kind: 'nobody', uid: 65534, gid: 65534, isRelocated: true },
    ],
    ["root runs alice's as alice", { owner: alice, hasCluster: true }, { kind: 'owner', ...alice }],
    ["root starts anew in alice's clone as alice", { owner: alice }, { kind: 'owner', ...alice }],
    [
      "a directory of alice:root does not give root's group",
      { owner: { uid: 1000, gid: 0 } },
      { kind: 'owner', ...alice },
    ],
    [
      "a new directory of alice's below a home she can't enter is run in a namespace",
      { owner: alice, canOwnerReach: false },
      { kind: 'namespace' },
    ],
  ];
  test.each(cases)('%s', (_name, facts, expected) => {
    expect(decideAccount({ ...root, ...facts })).toEqual(expected);
  });

  const refusals: [name: string, facts: Partial<Facts>, advice: RegExp][] = [
    ["alice does not touch root's files", { uid: 1000, hasCluster: true }, /as that user, or as root/],
    [
      "files of alice's that she can't reach",
      { owner: alice, hasCluster: true, canOwnerReach: false },
      /chmod o\+x/,
    ],
  ];
  test.each(refusals)('refused: %s', (_name, facts, advice) => {
    expect(decideAccount({ ...root, ...facts })).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(advice) as string,
    });
  });
});

test('the first of owner, group and others that applies decides about a permission', () => {
  const file = (mode: number) => ({ uid: 1, gid: 10, mode });
  expect(hasPermission({ uid: 1, gid: 99 }, file(0o100), 1)).toBe(true);
  expect(hasPermission({ uid: 1, gid: 10 }, file(0o011), 1)).toBe(false);
  expect(hasPermission({ uid: 2, gid: 10 }, file(0o010), 1)).toBe(true);
  expect(hasPermission({ uid: 2, gid: 10 }, file(0o001), 1)).toBe(false);
  expect(hasPermission({ uid: 2, gid: 20 }, file(0o001), 1)).toBe(true);
});

test('a path that does not exist yet is as reachable as what is above it', async () => {
  expect(await canReach({ uid: 54321, gid: 54321 }, '/tmp/not/there/yet')).toBe(true);
});
