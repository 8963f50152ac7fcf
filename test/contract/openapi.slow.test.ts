import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { makeOpenApi } from '../../scripts/generate/openapi.ts';
import { compareDocument } from './compare.ts';
import { explained } from './explained.ts';
import { type Schema, readFacts } from './facts.ts';

interface Operation {
  operationId: string;
  parameters: { in: string; name: string; required: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: Schema }> }>;
  security: Record<string, unknown>[];
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  info: { title: string; version: string };
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

let text: string;
let document: Document;
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(() => {
  text = readFileSync('openapi.json', 'utf8');
  document = JSON.parse(text) as Document;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  );
});

test('openapi.json is what `npm run generate` writes', async () => {
  expect(text === (await makeOpenApi()), 'run npm run generate').toBe(true);
});

test('an operation with parameters in its path tells how a malformed one is refused', () => {
  const byPath = operations.filter(({ operation }) => operation.parameters.some((one) => one.in === 'path'));
  expect(byPath.length).toBeGreaterThan(50);
  const silent = byPath.filter(({ operation }) => !operation.responses['422'] && !operation.responses['400']);
  expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test('the document is OpenAPI 3.1, and each operation is whole', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, method, operation } of operations) {
    const place = `${method} ${path}`;
    expect(path, place).toMatch(/^\//);
    expect(['get', 'post', 'put', 'patch', 'delete'], place).toContain(method);
    const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(names).size, place).toBe(names.length);
    const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
    const inTemplate = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(inPath.map(({ name }) => name).sort(), place).toEqual(inTemplate.sort());
    expect(
      inPath.every(({ required }) => required),
      place,
    ).toBe(true);
    expect(method === 'get' && operation.requestBody !== undefined, place).toBe(false);
    expect(
      Object.keys(operation.responses).some((status) => status < '400'),
      place,
    ).toBe(true);
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(status, place).toMatch(/^[2-5]\d\d$/);
      expect(response.description, place).not.toBe('');
    }
    for (const scheme of operation.security.flatMap((item) => Object.keys(item))) {
      expect(document.components.securitySchemes, place).toHaveProperty(scheme);
    }
  }
});

test('each schema of the document compiles, and each reference leads somewhere', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', components: document.components });
  const schemas = [
    ...Object.keys(document.components.schemas).map((name): Schema => ({
      $ref: `#/components/schemas/${name}`,
    })),
    ...operations.flatMap(({ operation }) => [
      ...operation.parameters.map(({ schema }) => schema),
      ...[operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
        Object.values(part?.content ?? {}).flatMap(({ schema }) => (schema === undefined ? [] : [schema])),
      ),
    ]),
  ];
  expect(schemas.length).toBeGreaterThan(50);
  // Each once: many operations answer the same errors.
  for (const text of new Set(schemas.map((schema) => JSON.stringify(schema)))) {
    const placed = text.replaceAll('"#/components/', '"document#/components/');
    expect(() => ajv.compile(JSON.parse(placed) as Schema)).not.toThrow();
  }
});

test('what only development has is marked', () => {
  for (const { path, operation } of operations) {
    expect('x-development-only' in operation, path).toBe(path.startsWith('/_dev/'));
  }
});

test('each operation that the public contract knows agrees with it, or a reason says why not', () => {
  const compared = compareDocument(readFacts(), document).operations.filter(({ isAnswered }) => isAnswered);
  expect(compared.length).toBeGreaterThan(0);
  const breaks = compared.flatMap(({ operation: { operation_id: id }, differences }) =>
    differences.filter(({ kind }) => kind === 'breaks').map((difference) => ({ id, ...difference })),
  );
  const unexplained = breaks.filter(({ id, where }) => explained[id]?.[where] === undefined);
  expect(unexplained.map(({ id, where, message }) => `${id} ${where}: ${message}`)).toEqual([]);
  const needed = new Set(breaks.map(({ id, where }) => `${id} ${where}`));
  const reasons = Object.entries(explained).flatMap(([id, places]) =>
    Object.keys(places).map((where) => `${id} ${where}`),
  );
  expect(
    reasons.filter((reason) => !needed.has(reason)),
    'reasons that explain nothing',
  ).toEqual([]);
});
