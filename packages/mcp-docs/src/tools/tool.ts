import * as z from 'zod';
import type { Collection, Corpus } from '../corpus/store.ts';
import { addressOf } from '../corpus/page.ts';
import type { Page } from '../corpus/page.ts';

/** What a tool answers: Markdown for reading, and the same as data. */
export type Answer = { readonly text: string; readonly data: Readonly<Record<string, unknown>> };

/** A tool whose input fits no answer: its message says what would. */
export class ToolError extends Error {}

/** A tool as the protocol lists it, with what it does. `run` takes unchecked input and throws a ToolError. */
export type Tool = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: () => JsonSchema;
  readonly outputSchema: () => JsonSchema;
  readonly run: (input: unknown, corpus: Corpus) => Answer;
};

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Makes a tool of its schemas and a function over checked input. `inputSchema` replaces the listed schema only. */
export function defineTool<S extends z.ZodObject>(tool: {
  name: string;
  title: string;
  description: string;
  input: S;
  output: z.ZodObject;
  inputSchema?: JsonSchema;
  answer: (input: z.infer<S>, corpus: Corpus) => Answer;
}): Tool {
  const { name, title, description, input, output, answer } = tool;
  return {
    name,
    title,
    description,
    // Made when they are asked for, not at the start.
    inputSchema: () => tool.inputSchema ?? jsonSchemaOf(input),
    outputSchema: () => jsonSchemaOf(output),
    run: (value, corpus) => answer(parseInput(input, value, name), corpus),
  };
}

function jsonSchemaOf(schema: z.ZodObject): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function parseInput<S extends z.ZodObject>(schema: S, value: unknown, tool: string): z.infer<S> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map(({ path, message, code }) => {
    const field = path.map(String).join('.');
    const isAbsent = code === 'invalid_type' && field !== '' && !hasField(value, field);
    if (isAbsent)
      return `${field.charAt(0).toUpperCase()}${field.slice(1)} parameter is required for ${tool}`;
    return field === '' ? message : `\`${field}\`: ${message}`;
  });
  throw new ToolError(`${issues.join('; ')}.`);
}

function hasField(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field);
}

/** `docs://0.2.0/sso/test-sso#getting-started`; with the name before the version where two share one. */
export function uriOf(corpus: Corpus, collection: Collection, path: string, fragment = ''): string {
  const isShared = corpus.collections.some(
    (other) => other.version === collection.version && other.name !== collection.name,
  );
  const address = addressOf(path).split('/').map(encodeURIComponent).join('/');
  const host = isShared ? collection.id : collection.version;
  return `docs://${encodeURIComponent(host).replaceAll('%40', '@')}/${address}${fragment === '' ? '' : `#${fragment}`}`;
}

/** The collections that a caller asks for; an error that lists what there is when it names none of them. */
export function selectCollections(corpus: Corpus, version: string | undefined): Collection[] {
  const found = corpus.select(version);
  if (found.length > 0) return found;
  const known = corpus.collections.map(({ id }) => `\`${id}\``).join(', ');
  throw new ToolError(`There is no version \`${version ?? ''}\`. There are: ${known}.`);
}

/** A page as data, without its text. */
export function describePage(corpus: Corpus, collection: Collection, page: Page): Record<string, unknown> {
  return {
    path: page.path,
    title: page.title,
    kind: page.kind,
    version: collection.version,
    collection: collection.name,
    uri: uriOf(corpus, collection, page.path),
  };
}

export const VersionInput = z
  .string()
  .max(100)
  .optional()
  .describe('Version of the documentation, as `0.2.0` or `name@0.2.0`. The newest one by default.');

export const PageOutput = z.object({
  path: z.string(),
  title: z.string(),
  kind: z.string(),
  version: z.string(),
  collection: z.string(),
  uri: z.string(),
});
