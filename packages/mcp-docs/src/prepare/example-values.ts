// Values that stand in examples: what a reader recognises, and a server takes.
const ID = '01HXYZ6N8J5W4T3R2Q1P0M9K8A';
const DOMAIN = 'acme-corp.com';

const BY_NAME: readonly (readonly [pattern: RegExp, value: unknown])[] = [
  [/^(?:name|title|display_name)$/, 'Acme Corp'],
  [/^first_name$/, 'Ada'],
  [/^last_name$/, 'Lovelace'],
  [/(?:^|_)emails?$/, `ada@${DOMAIN}`],
  [/^password$/, 'correct-horse-battery-staple'],
  [/^(?:domain|domains)$/, DOMAIN],
  [/^host(?:name)?$/, `id.${DOMAIN}`],
  [/^origin$/, `https://app.${DOMAIN}`],
  [/(?:^|_)(?:ur[il]|callback)$/, `https://app.${DOMAIN}/callback`],
  [/^external_id$/, 'customer-42'],
  [/(?:^|_)(?:slug|slugs)$/, 'member'],
  [/^description$/, 'Made for the documentation.'],
  [/^code$/, '123456'],
  [/^ip_address$/, '203.0.113.7'],
  [/^user_agent$/, 'Mozilla/5.0'],
];

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  'date-time': '2030-01-01T00:00:00.000Z',
  date: '2030-01-01',
  email: `ada@${DOMAIN}`,
  uri: `https://app.${DOMAIN}/callback`,
  url: `https://app.${DOMAIN}/callback`,
  hostname: `id.${DOMAIN}`,
  uuid: '6f1c2f0e-5d6b-4c8e-9d4e-2b1f0a7c9e11',
};

const PREFIXES: Readonly<Record<string, string>> = { organization: 'org', organization_membership: 'om' };

/** A text for a field: by its name, else by its format; null when neither says anything. */
export function exampleText(name: string, format: string): unknown {
  const named = BY_NAME.find(([pattern]) => pattern.test(name));
  if (named !== undefined) return named[1];
  const noun = /^(.+)_ids?$/.exec(name)?.[1];
  if (noun !== undefined) return `${PREFIXES[noun] ?? noun}_${ID}`;
  return BY_FORMAT[format] ?? null;
}
