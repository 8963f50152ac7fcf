import type { SchemaRow } from './schema.ts';

/** What an operation takes, in the words of the document. */
export type OperationShape = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly title: string;
  readonly parameters: readonly SchemaRow[];
  readonly body: readonly SchemaRow[];
  readonly bodyExample: unknown;
  /** What a success answers: nothing, JSON, or a text of another kind. */
  readonly answers: 'nothing' | 'json' | 'text';
};
