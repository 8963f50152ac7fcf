import { parse } from 'yaml';
import { methodNames } from '../corpus/page.ts';
import type { Example, Operation } from '../corpus/page.ts';
import { slugOf } from '../corpus/sections.ts';
import { emptyDraft } from './draft.ts';
import type { Draft, DraftPage } from './draft.ts';
import { isRecord, recordsOf, textOf } from './front-matter.ts';
import { operationExamples } from './operation-examples.ts';
import type { OperationShape } from './operation-shape.ts';
import { createSchemaReader } from './schema.ts';
import type { SchemaReader, SchemaRow } from './schema.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const MAX_RESPONSES = 12;

/** True for the text of an OpenAPI 3 document, in JSON or YAML. */
export function isOpenApi(text: string): boolean {
  return /^\s*(?:["']?openapi["']?\s*:\s*["']?3|\{[\s\S]{0,2000}?"openapi"\s*:\s*"3)/m.test(
    text.slice(0, 4_000),
  );
}

/** Makes a reference page of each operation of an OpenAPI 3 document, with examples. Throws when it is none. */
export function readOpenApi(text: string, options: { prefix?: string; name?: string } = {}): Draft {
  const document: unknown = parse(text, { maxAliasCount: 1_000 });
  if (!isRecord(document) || !isRecord(document['paths']))
    throw new Error('This is no OpenAPI document: it has no paths.');
  const draft = emptyDraft();
  const schemas = createSchemaReader(document);
  const servers = recordsOf(document['servers']);
  const context = { schemas, prefix: options.prefix ?? 'reference/api', base: textOf(servers[0]?.['url']) };
  for (const [path, item] of Object.entries(document['paths'])) {
    if (!isRecord(item)) continue;
    for (const method of METHODS) {
      const operation = schemas.resolve(item[method]);
      if (operation === null) continue;
      const shared = recordsOf(item['parameters']);
      addOperation(draft, { path, method: method.toUpperCase(), operation, shared }, context);
    }
  }
  draft.files.push({ name: options.name ?? 'openapi.json', mimeType: 'application/json', text });
  return draft;
}

type Source = {
  readonly path: string;
  readonly method: string;
  readonly operation: Record<string, unknown>;
  readonly shared: readonly Record<string, unknown>[];
};
type Context = { readonly schemas: SchemaReader; readonly prefix: string; readonly base: string };

function addOperation(draft: Draft, source: Source, context: Context): void {
  const shape = shapeOf(source, context.schemas);
  const tag = Array.isArray(source.operation['tags']) ? textOf(source.operation['tags'][0]) : '';
  const folder = slugOf(tag || (source.path.split('/')[1] ?? 'operations'));
  const path = `${context.prefix}/${folder}/${slugOf(shape.id)}`;
  const examples = operationExamples(shape, { base: context.base, page: path });
  const markdown = renderOperation(source, shape, { ...context, examples });
  const page: DraftPage = {
    path,
    source: `${path}.md`,
    title: shape.title,
    description: textOf(source.operation['description']).slice(0, 300),
    kind: 'reference',
    trail: tag === '' ? ['API reference'] : ['API reference', tag],
    markdown,
    languages: {},
    order: 2_000_000 + draft.pages.length,
    names: [shape.id, ...methodNames(shape.id), `${shape.method} ${shape.path}`],
  };
  draft.pages.push(page);
  const { id, method, title } = shape;
  draft.operations.push({ id, method, path: source.path, title, page: path, names: {} } satisfies Operation);
  draft.examples.push(...examples);
}

function shapeOf({ path, method, operation, shared }: Source, schemas: SchemaReader): OperationShape {
  const parameters = [...shared, ...recordsOf(operation['parameters'])].flatMap((entry) => {
    const parameter = schemas.resolve(entry);
    if (parameter === null) return [];
    const row = schemas.row(textOf(parameter['name']), parameter['schema'], parameter['required'] === true);
    return [
      {
        ...row,
        place: textOf(parameter['in']),
        description: textOf(parameter['description']) || row.description,
      },
    ];
  });
  const content = schemas.content(schemas.resolve(operation['requestBody'])?.['content']);
  const id = textOf(operation['operationId']) || `${method.toLowerCase()}-${slugOf(path)}`;
  return {
    id,
    method,
    path,
    title: textOf(operation['summary']) || id,
    parameters,
    body: content === null ? [] : schemas.rows(content['schema']),
    bodyExample: content === null ? undefined : schemas.example(content),
    answers: answersOf(operation['responses'], schemas),
  };
}

function answersOf(responses: unknown, schemas: SchemaReader): OperationShape['answers'] {
  const success = Object.entries(isRecord(responses) ? responses : {}).find(([status]) =>
    status.startsWith('2'),
  );
  const content = schemas.resolve(success?.[1])?.['content'];
  if (!isRecord(content)) return 'nothing';
  return Object.keys(content).some((type) => type.includes('json')) ? 'json' : 'text';
}

type RenderContext = Context & { readonly examples: readonly Example[] };

function renderOperation(
  { operation }: Source,
  shape: OperationShape,
  { schemas, examples }: RenderContext,
): string {
  const description = typeof operation['description'] === 'string' ? operation['description'].trim() : '';
  const lines = [
    `# ${shape.title}`,
    '',
    `\`${shape.method} ${shape.path}\``,
    '',
    `Operation id: \`${shape.id}\`.`,
    '',
    description,
    '',
  ];
  const places = new Map<string, SchemaRow[]>();
  for (const row of shape.parameters) places.set(row.place, [...(places.get(row.place) ?? []), row]);
  for (const [place, rows] of places)
    lines.push(`## ${capitalize(place)} parameters`, '', ...renderRows(rows), '');
  if (shape.body.length > 0) lines.push('## Body', '', ...renderRows(shape.body), '');
  const responses = isRecord(operation['responses']) ? Object.entries(operation['responses']) : [];
  for (const [status, value] of responses.slice(0, MAX_RESPONSES))
    lines.push(...renderResponse(status, value, schemas));
  for (const example of examples)
    lines.push(
      `## Example: ${example.language === 'bash' ? 'curl' : example.language}`,
      '',
      `\`\`\`${example.language}`,
      example.code,
      '```',
      '',
    );
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function renderResponse(status: string, value: unknown, schemas: SchemaReader): string[] {
  const response = schemas.resolve(value);
  if (response === null) return [];
  const content = schemas.content(response['content']);
  const rows = content === null ? [] : schemas.rows(content['schema']);
  const codes = content === null ? [] : schemas.codes(content['schema']);
  return [
    `## Response ${status}`,
    '',
    textOf(response['description']),
    '',
    ...(codes.length === 0 ? [] : [`Codes: ${codes.map((code) => `\`${code}\``).join(', ')}.`, '']),
    ...(rows.length === 0 ? [] : [...renderRows(rows), '']),
  ];
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function renderRows(rows: readonly SchemaRow[]): string[] {
  return [
    '| Name | Type | Required | Description |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ name, type, isRequired, description }) =>
        `| \`${name}\` | \`${cell(type)}\` | ${isRequired ? 'yes' : 'no'} | ${cell(description)} |`,
    ),
  ];
}
