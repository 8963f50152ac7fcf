// The house rules of AGENTS.md, executed over the whole repository. Each rule is tested itself in test/tidy/.
import { beforeAll, expect, test } from 'vitest';
import { checkBanned } from './tidy/banned.ts';
import { checkCycles } from './tidy/cycles.ts';
import { checkDocumented } from './tidy/documented.ts';
import { checkEdges } from './tidy/edges.ts';
import type { Edges } from './tidy/edges.ts';
import { checkLimits } from './tidy/limits.ts';
import { checkLinks } from './tidy/links.ts';
import { checkMigrations } from './tidy/migrations.ts';
import { checkNames } from './tidy/names.ts';
import { readRepository } from './tidy/repository.ts';
import type { Repository } from './tidy/repository.ts';
import { checkRings, checkSpecifiers } from './tidy/rings.ts';
import { checkSizes } from './tidy/sizes.ts';
import { checkSlices } from './tidy/slices.ts';
import { formatViolations } from './tidy/source.ts';
import type { Violation } from './tidy/source.ts';

// Who may import whom. An edge that no file uses, or that closes a cycle, is refused. If an edge would point the wrong
// way, subscribe to the other's event instead.
const EDGES: Edges = {
  authorization: ['environments', 'organizations'],
  branding: ['pages'],
  development: ['pages'],
  memberships: ['authorization', 'organizations', 'users'],
  organizations: ['organization-domains'],
  users: ['environments'],
  webhooks: ['environments', 'events', 'pages'],
  'signing-keys': ['environments'],
  sessions: ['environments', 'memberships', 'signing-keys', 'users'],
  'email-verifications': ['branding', 'environments', 'pages', 'users'],
  'password-resets': ['branding', 'environments', 'pages', 'sessions', 'users'],
  authentication: [
    'authorization',
    'branding',
    'email-verifications',
    'environments',
    'memberships',
    'organizations',
    'pages',
    'password-resets',
    'sessions',
    'signing-keys',
    'users',
  ],
};

// Files of the model slice that a capability has no use for: these keep nothing of their own, or are not called.
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  'authorization/assignments': ['routes.ts'],
  'email-verifications': ['store.ts'],
  events: ['store.ts'],
  monitoring: ['store.ts'],
};

let repository: Repository;

beforeAll(() => {
  repository = readRepository();
});

const rules: readonly (readonly [guarantee: string, check: (repository: Repository) => Violation[]])[] = [
  ['imports point inward', ({ sources }) => checkRings(sources)],
  ['our files are imported by their file names', ({ sources }) => checkSpecifiers(sources)],
  ['capabilities meet only along declared edges', ({ sources }) => checkEdges(sources, EDGES)],
  ['no file imports itself by way of others', ({ sources }) => checkCycles(sources)],
  ['files and functions stay small', ({ sources }) => checkLimits(sources)],
  ['nothing banned is used', ({ sources }) => checkBanned(sources)],
  ['exported functions of platform and protocols are documented', ({ sources }) => checkDocumented(sources)],
  ['capabilities look like the model slice', ({ sources }) => checkSlices(sources, WITHOUT)],
  ['migrations are owned, ordered and never changed', ({ texts, paths }) => checkMigrations(texts, paths)],
  ['files are named for what they hold', ({ paths }) => checkNames(paths)],
  ['no file is big', ({ paths, sizeOf }) => checkSizes(paths, sizeOf)],
  ['every link leads somewhere', ({ texts, paths }) => checkLinks(texts, paths)],
];

test.each(rules)('%s', (_, check) => {
  expect(formatViolations(check(repository))).toBe('');
});

test('the repository has sources to judge', () => {
  expect(repository.sources.length).toBeGreaterThan(10);
});
