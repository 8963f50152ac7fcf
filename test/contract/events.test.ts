// Each of the documented events, place by place: what we answer beside what the contract says.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { subscribableEventNames } from '../../src/capabilities/events/index.ts';
import { eventNames } from '../../src/platform/events/names.ts';
import { explainedEvents } from './explained-events.ts';
import { type Schema, readFacts } from './facts.ts';
import { factsOfPayload } from './payload.ts';
import { type Definitions, resolve } from './shape.ts';

type Properties = Readonly<Record<string, Schema>>;

const { schemas: contract } = readFacts();
const { components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  components: { schemas: Definitions };
};

const propertiesOf = (schema: Schema, definitions: Definitions): Properties =>
  (resolve(schema, definitions)['properties'] ?? {}) as Properties;

/** The variants of a list of events, by name. */
function eventsOf(schema: Schema, definitions: Definitions): Map<string, Schema> {
  const { oneOf, allOf } = resolve(schema, definitions) as { oneOf?: Schema[]; allOf?: Schema[] };
  if (allOf) return new Map(allOf.flatMap((part) => [...eventsOf(part, definitions)]));
  return new Map(
    (oneOf ?? []).map((variant) => {
      const { event } = propertiesOf(variant, definitions);
      return [String(resolve(event ?? true, definitions)['const']), variant];
    }),
  );
}

const theirs = eventsOf(contract['EventSchema'] ?? true, contract);
const ours = eventsOf(components.schemas['Event'] ?? true, components.schemas);

test('the catalogue has the events of the contract, and no others', () => {
  expect(eventNames.length).toBe(111);
  expect([...eventNames].sort()).toEqual([...theirs.keys()].sort());
  expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
});

test('webhook endpoints may ask for what the contract lets them, and for nothing else', () => {
  const { events } = propertiesOf(contract['CreateWebhookEndpointDto'] ?? true, contract);
  const items = resolve(events ?? true, contract)['items'] as Schema;
  const allowed = resolve(items, contract)['enum'] as string[];
  expect(allowed.length).toBe(93);
  expect([...subscribableEventNames].sort()).toEqual(allowed.toSorted());
});

/** `place: ours, not theirs` for each place of `part` of which the two say different things. */
function differencesOf(name: string, part: 'data' | 'context'): string[] {
  const factsOf = (events: Map<string, Schema>, definitions: Definitions) =>
    factsOfPayload(propertiesOf(events.get(name) ?? true, definitions)[part] ?? true, definitions);
  const [wanted, found] = [factsOf(theirs, contract), factsOf(ours, components.schemas)];
  return [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((place) => wanted.get(place) !== found.get(place))
    .map((place) => `${part}${place}: ${found.get(place) ?? 'none'}; theirs: ${wanted.get(place) ?? 'none'}`);
}

const needed = new Set<string>();
const reasonFor = (name: string, difference: string): string | undefined => {
  const place = difference.slice(0, difference.indexOf(':'));
  const family = `${name.slice(0, name.lastIndexOf('.'))}.*`;
  const key = [`${name} ${place}`, `${family} ${place}`].find((one) => one in explainedEvents);
  if (key !== undefined) needed.add(key);
  return key;
};

test.each(eventNames)('%s has the fields of the contract, or a reason says why not', (name) => {
  const differences = [...differencesOf(name, 'data'), ...differencesOf(name, 'context')];
  expect(differences.filter((difference) => reasonFor(name, difference) === undefined)).toEqual([]);
});

test('each reason explains a difference', () => {
  expect(Object.keys(explainedEvents).filter((key) => !needed.has(key))).toEqual([]);
});
