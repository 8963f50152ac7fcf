import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { type CataloguedEvent, listCatalogue, sampleEvent } from '../../src/capabilities/events/index.ts';
import { table } from './block.ts';
import { everyOperation } from './openapi.ts';

type Json = Readonly<Record<string, unknown>>;

const titles: Readonly<Record<string, string>> = {
  'api-keys': 'API keys',
  pipes: 'Connected accounts',
  sso: 'Single sign-on',
};

const intro = `# Events reference

Every event there is: when it is emitted, whether a webhook endpoint may ask for it, and what its \`data\` holds.
[Events](../concepts/events.md) says what an event is and what can be relied on, the [guide](../guides/events.md) how to read them.
This page is generated from the schemas by which events are checked when they are emitted.

All have the same envelope; \`context\` says who did it, and \`previous_attributes\` what an update replaced:`;

const soon = 'not yet';

/** `docs/reference/events.md`: the catalogue as a page. */
export async function makeEvents(): Promise<string> {
  // The slices declare their events when they are loaded.
  everyOperation();
  const events = listCatalogue();
  const families = groupBy(events, ({ capability }) => capability);
  const page = [
    intro,
    block(sampleEvent('organization.updated')),
    '## All events',
    `Those marked *${soon}* come with a capability that this version does not have. They can be asked for already.`,
    table(['event', 'emitted', 'webhooks', 'this version'], events.map(summary)),
    ...[...families].flatMap(([capability, members]) => [
      `## ${titleOf(capability)}`,
      ...[...groupBy(members, ({ data }) => data).values()].flatMap(payloadSection),
    ]),
  ].join('\n\n');
  return format(page, { ...(await resolveConfig('docs/reference/events.md')), parser: 'markdown' });
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const summary = ({ name, when, isSubscribable, isPlanned }: CataloguedEvent): string[] => [
  `\`${name}\``,
  when,
  isSubscribable ? 'yes' : 'no',
  isPlanned ? soon : 'yes',
];

const titleOf = (capability: string): string =>
  titles[capability] ?? capability.charAt(0).toUpperCase() + capability.slice(1).replaceAll('-', ' ');

const block = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

/** What events of one payload hold. */
function payloadSection(events: readonly CataloguedEvent[]): string[] {
  const [first] = events;
  if (!first) return [];
  const { $defs = {}, ...schema } = z.toJSONSchema(first.data, { unrepresentable: 'any' }) as Json;
  const fields = fieldsOf(schema, $defs as Json);
  const long = fields.filter(({ values }) => values.length > longest);
  return [
    `### ${events.map(({ name }) => name).join(', ')}`,
    ...(events.every(({ isPlanned }) => isPlanned) ? ['Not emitted by this version.'] : []),
    table(
      ['field', 'type', 'values'],
      fields.map(({ place, type, values }) => [
        `\`${place}\``,
        type,
        values.length > longest ? 'see below' : quoted(values),
      ]),
    ),
    ...long.map(({ place, values }) => `\`${place}\` is one of ${quoted(values)}.`),
    block(first.sample),
    ...events.flatMap(({ name, context }) =>
      context && Object.keys(context.sample).length > 0
        ? [`The \`context\` of \`${name}\` also holds:`, block(context.sample)]
        : [],
    ),
  ];
}

const longest = 10;
const quoted = (values: readonly string[]): string => values.map((value) => `\`${value}\``).join(', ');

interface Field {
  place: string;
  type: string;
  values: readonly string[];
}

/** The properties of an object and of what is in it, each with its place. */
function fieldsOf(schema: Json, definitions: Json, prefix = ''): Field[] {
  const required = new Set((schema['required'] ?? []) as string[]);
  return Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Json>>).flatMap(
    ([name, property]) => {
      const variants = variantsOf(property, definitions);
      const present = variants.filter(({ type }) => type !== 'null');
      const types = [...new Set(present.map(typeOf))];
      const words = [...types, ...(present.length < variants.length ? ['null'] : [])].join(' or ');
      const own: Field = {
        place: prefix + name,
        type: required.has(name) ? words : `${words}, optional`,
        values: present.flatMap(valuesOf),
      };
      return [own, ...mergeFields(present.map((variant) => partsOf(variant, definitions, prefix + name)))];
    },
  );
}

/** The fields of several variants as one list; one that only some of them have is optional. */
function mergeFields(variants: readonly Field[][]): Field[] {
  return [...groupBy(variants.flat(), ({ place }) => place)].flatMap(([, same]) => {
    const [first] = same;
    if (!first) return [];
    const type = same.length < variants.length ? `${first.type}, optional` : first.type;
    return [{ ...first, type, values: [...new Set(same.flatMap(({ values }) => values))] }];
  });
}

function partsOf(schema: Json, definitions: Json, place: string): Field[] {
  const { items } = schema as { items?: Json };
  if (!items) return fieldsOf(schema, definitions, `${place}.`);
  return mergeFields(
    variantsOf(items, definitions).map((item) => fieldsOf(item, definitions, `${place}[].`)),
  );
}

function variantsOf(schema: Json, definitions: Json): Json[] {
  const { $ref } = schema;
  if (typeof $ref === 'string')
    return variantsOf(definitions[$ref.slice('#/$defs/'.length)] as Json, definitions);
  const union = (schema['anyOf'] ?? schema['oneOf']) as readonly Json[] | undefined;
  return union ? union.flatMap((variant) => variantsOf(variant, definitions)) : [schema];
}

function typeOf({ type, format: kind, items }: Json): string {
  if (kind === 'date-time') return 'time';
  if (type === 'array') return `list of ${String((items as Json)['type'] ?? 'object')}s`;
  return typeof type === 'string' ? type : 'anything';
}

function valuesOf(schema: Json): string[] {
  if ('const' in schema) return [String(schema['const'])];
  return ((schema['enum'] ?? []) as unknown[]).map(String);
}
