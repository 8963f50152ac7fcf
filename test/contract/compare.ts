import { compareSchemas } from './compare-schemas.ts';
import type { Difference } from './compare-schemas.ts';
import { shapeOf } from './facts.ts';
import type { FactOperation, FactParameter, Facts, Schema } from './facts.ts';

type MediaTypes = Readonly<Record<string, { readonly schema?: Schema }>>;

export type OpenApiParameter = {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema?: Schema;
};

export type OpenApiOperation = {
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly content?: MediaTypes };
  readonly responses?: Readonly<Record<string, { readonly content?: MediaTypes }>>;
};

/** Our own document, as far as it is compared. */
export type OpenApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
};

/** An operation of the contract beside ours. It is clean when it is answered and no difference breaks a client. */
export type Compared = {
  readonly operation: FactOperation;
  readonly isAnswered: boolean;
  readonly isClean: boolean;
  readonly differences: readonly Difference[];
};

// What the frame answers for every operation, in a general shape, whether or not the contract declares it.
const GENERAL_STATUSES = new Set([
  '400',
  '401',
  '403',
  '404',
  '409',
  '413',
  '415',
  '422',
  '429',
  '500',
  '503',
]);

/** Compares every operation of the contract with our document. `extra` lists ours that the contract does not know. */
export function compareDocument(
  facts: Facts,
  document: OpenApiDocument,
): { operations: Compared[]; extra: string[] } {
  const ours = operationsOf(document);
  const operations = facts.operations.map((operation): Compared => {
    const own = ours.get(keyOf(operation.method, operation.path));
    ours.delete(keyOf(operation.method, operation.path));
    if (own === undefined) return { operation, isAnswered: false, isClean: false, differences: [] };
    const differences = compareOperation({ facts, document, operation }, own);
    return {
      operation,
      isAnswered: true,
      isClean: differences.every(({ kind }) => kind === 'adds'),
      differences,
    };
  });
  return { operations, extra: [...ours.keys()] };
}

const keyOf = (method: string, path: string): string => `${method} ${shapeOf(path)}`;

function operationsOf({ paths }: OpenApiDocument): Map<string, OpenApiOperation> {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, OpenApiOperation] => [
      keyOf(method, path),
      operation,
    ]),
  );
  return new Map(entries);
}

/** Compares one operation of the contract with ours. Names of path parameters are not on the wire: not compared. */
export function compareOperation(
  contract: { facts: Facts; document: OpenApiDocument; operation: FactOperation },
  ours: OpenApiOperation,
): Difference[] {
  const { facts, document, operation } = contract;
  const definitions = { theirs: facts.schemas, ours: document.components?.schemas ?? {} };
  const compareBodies = (direction: 'request' | 'response', where: string, theirs: Schema, own: Schema) =>
    compareSchemas({ ...definitions, direction }, where, [theirs, own]);
  return [
    ...compareParameters(operation.parameters, ours.parameters ?? [], (where, theirs, own) =>
      compareBodies('request', where, theirs, own),
    ),
    ...compareRequest(operation.request_schema, schemaOf(ours.requestBody), (theirs, own) =>
      compareBodies('request', 'body', theirs, own),
    ),
    ...compareStatuses(operation, ours),
    ...Object.entries(operation.responses).flatMap(([status, theirs]) => {
      const own = schemaOf(ours.responses?.[status]);
      if (theirs === null || own === null) return [];
      const differences = compareBodies('response', status, theirs, own);
      return Number(status) < 400 ? differences : differences.map(allowFrameCodes);
    }),
  ];
}

// Beside the codes of its own, each operation answers those of the frame (malformed JSON, idempotency, keys).
const allowFrameCodes = (difference: Difference): Difference =>
  difference.where.endsWith('.code') && !difference.where.includes('[')
    ? { ...difference, kind: 'adds' }
    : difference;

function schemaOf(part: { readonly content?: MediaTypes } | undefined): Schema | null {
  const { content } = part ?? {};
  return content?.['application/json']?.schema ?? Object.values(content ?? {})[0]?.schema ?? null;
}

type CompareNamed = (where: string, theirs: Schema, ours: Schema) => Difference[];

function compareParameters(
  theirs: readonly FactParameter[],
  ours: readonly OpenApiParameter[],
  compare: CompareNamed,
): Difference[] {
  const nameOf = (parameter: { in: string; name: string }) =>
    `${parameter.in} ${parameter.name.toLowerCase()}`;
  const own = new Map(ours.filter((parameter) => parameter.in !== 'path').map((one) => [nameOf(one), one]));
  const differences = theirs
    .filter((parameter) => parameter.in !== 'path')
    .flatMap((parameter): Difference[] => {
      const where = nameOf(parameter);
      const other = own.get(where);
      own.delete(where);
      if (other === undefined) return [{ kind: 'breaks', where, message: 'the parameter is missing' }];
      const isRequired = other.required ?? false;
      const verdict = isRequired ? 'ours is required, theirs is not' : 'theirs is required, ours is not';
      const required: Difference[] =
        isRequired === parameter.required ? [] : [{ kind: 'breaks', where, message: verdict }];
      return [...required, ...compare(where, parameter.schema, other.schema ?? true)];
    });
  const extra = [...own].map(([where, { required }]): Difference => ({
    kind: required === true ? 'breaks' : 'adds',
    where,
    message: 'the contract has no such parameter',
  }));
  return [...differences, ...extra];
}

function compareRequest(
  theirs: Schema | null,
  ours: Schema | null,
  compare: (theirs: Schema, ours: Schema) => Difference[],
): Difference[] {
  if (theirs !== null && ours !== null) return compare(theirs, ours);
  if (theirs !== null) return [{ kind: 'breaks', where: 'body', message: 'the request body is missing' }];
  return ours === null ? [] : [{ kind: 'adds', where: 'body', message: 'the contract has no request body' }];
}

const isSuccess = (status: string): boolean => status.startsWith('2');

function compareStatuses({ responses }: FactOperation, ours: OpenApiOperation): Difference[] {
  const own = Object.keys(ours.responses ?? {});
  // Of several successes, the server chooses which it answers.
  const hasSuccess = Object.keys(responses).some((status) => isSuccess(status) && own.includes(status));
  const undeclared = Object.keys(responses)
    .filter((status) => !own.includes(status) && !(hasSuccess && isSuccess(status)))
    .map((where): Difference => ({ kind: 'breaks', where, message: 'the status is not declared by ours' }));
  const extra = own
    .filter((status) => !(status in responses) && !GENERAL_STATUSES.has(status))
    .map((where): Difference => ({ kind: 'breaks', where, message: 'the contract has no such status' }));
  return [...undeclared, ...extra];
}
