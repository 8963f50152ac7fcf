import { z } from 'zod';
import { documentedErrors } from './documented-errors.ts';
import type { DeclaredError, Operation } from './operation.ts';

/** A request that we send to addresses of the operator's choice. */
export interface DescribedWebhook {
  name: string;
  summary: string;
  body: z.ZodType;
  /** Not sent by this version. */
  isPlanned: boolean;
}

/** A header that every one of them carries. */
export interface DescribedHeader {
  name: string;
  description: string;
}

interface OpenApiOptions {
  operations: readonly Operation[];
  webhooks: readonly DescribedWebhook[];
  webhookHeaders: readonly DescribedHeader[];
  version: string;
}

type Json = Record<string, unknown>;

/** Folds the list of operations into an OpenAPI 3.1 document; named schemas become components. */
export function toOpenApi({ operations, webhooks, webhookHeaders, version }: OpenApiOptions): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    for (const path of [operation.path, ...(operation.aliases ?? [])]) {
      const isAlias = path !== operation.path;
      const item = (paths[path] ??= {});
      item[operation.method.toLowerCase()] = describe(operation, isAlias, schemas);
    }
  }
  const sent = webhooks.map((webhook) => [
    webhook.name,
    { parameters: webhookHeaders.map(pointToHeader), post: describeWebhook(webhook, schemas) },
  ]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Doorwright',
      version,
      description: 'Self-hostable identity platform, compatible with the WorkOS API.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    webhooks: Object.fromEntries(sent) as Json,
    components: {
      parameters: Object.fromEntries(webhookHeaders.map((header) => [header.name, describeHeader(header)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: sorted({
        ...schemas,
        Error: errorSchema,
        OAuthError: oauthErrorSchema,
        ValidationError: validationErrorSchema,
      }),
    },
  };
}

const errorSchema = {
  type: 'object',
  properties: {
    message: { type: 'string' },
    code: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { code: { type: 'string' }, message: { type: 'string' } },
        required: ['code', 'message'],
      },
    },
  },
  required: ['message', 'code'],
};

/** RFC 6749 5.2 */
const oauthErrorSchema = {
  type: 'object',
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
  required: ['error', 'error_description'],
};

const validationErrorSchema = {
  type: 'object',
  properties: {
    message: { type: 'string' },
    code: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { code: { type: 'string' }, field: { type: 'string' }, message: { type: 'string' } },
        required: ['code', 'field', 'message'],
      },
    },
  },
  required: ['message', 'code', 'errors'],
};

function describe(operation: Operation, isAlias: boolean, schemas: Json): Json {
  const isPublic = operation.principals.every((kind) => kind === 'none');
  return {
    operationId: isAlias ? `${operation.id}.alias` : operation.id,
    summary: operation.summary,
    tags: [operation.id.split('.')[0]],
    ...(isAlias ? { deprecated: true } : {}),
    security: isPublic ? [] : [{ bearer: [] }],
    ...(operation.permission ? { 'x-permission': operation.permission } : {}),
    'x-principals': operation.principals,
    ...(operation.isDevelopmentOnly ? { 'x-development-only': true } : {}),
    parameters: [
      ...parameters(operation.params, 'path', schemas),
      ...parameters(operation.query, 'query', schemas),
    ],
    ...(operation.body ? { requestBody: requestBody(operation, schemas) } : {}),
    responses: responses(operation, schemas),
  };
}

function describeWebhook({ name, summary, body, isPlanned }: DescribedWebhook, schemas: Json): Json {
  return {
    operationId: `webhooks.${name}`,
    summary,
    tags: ['webhooks'],
    ...(isPlanned ? { 'x-planned': true } : {}),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: toSchema(body, 'output', schemas) } },
    },
    responses: {
      '2XX': { description: 'The delivery has arrived. Any other answer, and none, is tried again.' },
    },
  };
}

const pointToHeader = ({ name }: DescribedHeader): Json => ({ $ref: `#/components/parameters/${name}` });

const describeHeader = ({ name, description }: DescribedHeader): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

const contentTypes = {
  json: ['application/json'],
  form: ['application/x-www-form-urlencoded'],
  json_or_form: ['application/json', 'application/x-www-form-urlencoded'],
} as const;

function requestBody({ body, accepts = 'json' }: Operation, schemas: Json): Json {
  if (body === null || accepts === 'bytes')
    return { required: true, content: { 'application/octet-stream': {} } };
  const schema = toSchema(body, 'input', schemas);
  return {
    required: true,
    content: Object.fromEntries(contentTypes[accepts].map((type) => [type, { schema }])),
  };
}

function parameters(schema: z.ZodType | null, place: 'path' | 'query', schemas: Json): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !field.safeParse(undefined).success,
    // What a parameter means is its output: `limit` is an integer, though its text arrives as a string.
    schema: toSchema(field, 'output', schemas),
    ...(place === 'query' ? { style: 'form', explode: false } : {}),
  }));
}

function responses(operation: Operation, schemas: Json): Json {
  const described: Record<string, Json> = {};
  for (const [status, schema] of Object.entries(operation.returns)) {
    described[status] = { description: 'Success', ...content(schema, schemas) };
  }
  const errors = documentedErrors(operation);
  for (const status of [...new Set(errors.map((error) => error.status))].sort((a, b) => a - b)) {
    const declared = errors.filter((error) => error.status === status);
    described[String(status)] = describeErrors(status, declared, schemas);
  }
  return described;
}

/** The codes of a status, each with its sentence, and the shapes that they have. */
function describeErrors(status: number, declared: readonly DeclaredError[], schemas: Json): Json {
  const own = declared.find(({ schema }) => schema !== undefined)?.schema;
  const general = status === 422 ? 'ValidationError' : 'Error';
  const isOauth = ({ protocol }: DeclaredError): boolean => protocol === 'oauth';
  const shapes = [
    shapeOf(
      general,
      'code',
      declared.filter((error) => !isOauth(error)),
    ),
    shapeOf('OAuthError', 'error', declared.filter(isOauth)),
  ].flat();
  const shared = shapes.length === 1 ? shapes[0] : { anyOf: shapes };
  const schema = own ? toSchema(own, 'output', schemas) : shared;
  return {
    description: declared.map(({ code, when }) => `\`${code}\`: ${when}`).join('\n'),
    content: { 'application/json': { schema } },
  };
}

/** The general shape with the codes that it is used with; none without any. */
function shapeOf(general: string, property: 'code' | 'error', declared: readonly DeclaredError[]): Json[] {
  const codes = [...new Set(declared.map(({ code }) => code))];
  if (codes.length === 0) return [];
  return [
    {
      allOf: [
        { $ref: `#/components/schemas/${general}` },
        { type: 'object', properties: { [property]: { enum: codes } } },
      ],
    },
  ];
}

function content(schema: z.ZodType | null | string, schemas: Json): Json {
  if (schema === null) return {};
  if (typeof schema === 'string') return { content: { [schema]: {} } };
  return { content: { 'application/json': { schema: toSchema(schema, 'output', schemas) } } };
}

/** A schema with its named parts moved to the components. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): unknown {
  const { $schema: _, $defs, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  for (const [name, definition] of Object.entries(($defs as Json | undefined) ?? {})) {
    schemas[name] = pointToComponents(definition);
  }
  const id = own['id'];
  if (typeof id !== 'string') return pointToComponents(own);
  schemas[id] = pointToComponents(own);
  return { $ref: `#/components/schemas/${id}` };
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, item]) => !(key === 'id' && typeof item === 'string'))
    .map(([key, item]) => [
      key,
      key === '$ref' ? String(item).replace('#/$defs/', '#/components/schemas/') : pointToComponents(item),
    ]);
  return Object.fromEntries(entries);
}

function sorted(value: Json): Json {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
