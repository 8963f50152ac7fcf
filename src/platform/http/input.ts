import type { Context } from 'hono';
import { z } from 'zod';
import { parseJson } from '../../lib/json.ts';
import { faultOf } from '../contract.ts';
import { ApiError, type FieldError, invalidField, validationFailed } from '../errors.ts';
import type { Operation } from '../operation.ts';

const defaultBodyLimit = 262_144;

/** A body as it came, for hashing, and as it was parsed. */
export interface ReadBody {
  text: string;
  value: unknown;
}

/**
 * Reads the body within the operation's limit.
 * @throws ApiError 413, 415, or 422 for what is no JSON: documented 400s have closed lists of codes
 */
export async function readBody(context: Context, operation: Operation): Promise<ReadBody> {
  if (operation.method === 'GET') return { text: '', value: undefined };
  const bytes = await readBytes(context.req.raw, operation.bodyLimit ?? defaultBodyLimit);
  if (operation.accepts === 'bytes') return { text: bytes.toString('base64'), value: bytes };
  const text = decode(bytes);
  if (operation.body === null || text === '') return { text, value: undefined };
  if (contentKind(context, operation) === 'form') return { text, value: readForm(text) };
  const parsed = parseJson(text);
  if (!parsed.ok) throw invalidField(parsed.error.path ?? '', parsed.error.code, parsed.error.message);
  return { text, value: parsed.value };
}

const jsonPattern = /^application\/(?:[\w.-]+\+)?json\b/i;
const formPattern = /^application\/x-www-form-urlencoded\b/i;

function contentKind(context: Context, operation: Operation): 'json' | 'form' {
  const contentType = context.req.header('content-type') ?? '';
  const accepts = operation.accepts ?? 'json';
  if (accepts !== 'form' && jsonPattern.test(contentType)) return 'json';
  if (accepts !== 'json' && formPattern.test(contentType)) return 'form';
  throw new ApiError('unsupported_media_type', {
    status: 415,
    message:
      accepts === 'form'
        ? 'Send the body as a form with the header Content-Type: application/x-www-form-urlencoded.'
        : 'Send the body as JSON with the header Content-Type: application/json.',
  });
}

function readForm(text: string): Record<string, string | string[]> {
  const fields = readQuery(`?${text}`);
  refuseNul(fields);
  return fields;
}

async function readBytes(request: Request, limit: number): Promise<Buffer> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limit) throw tooLarge(limit);
  if (declared > 0) return Buffer.from(await request.arrayBuffer());
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (limit: number): ApiError =>
  new ApiError('payload_too_large', {
    status: 413,
    message: `The body may hold at most ${limit} bytes.`,
    headers: { connection: 'close' },
  });

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalidField('', 'malformed', 'The body is not valid UTF-8.');
  }
}

/** Folds `a=1&a=2` and `a[]=1` to lists; a parameter given once stays text. */
export function readQuery(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  if (search.length < 2) return query;
  for (const [rawName, value] of new URLSearchParams(search)) {
    const isList = rawName.endsWith('[]');
    const name = isList ? rawName.slice(0, -2) : rawName;
    const present = query[name];
    if (present === undefined) query[name] = isList ? [value] : value;
    else query[name] = [present, value].flat();
  }
  return query;
}

/**
 * Parses one part of the input.
 * @throws ApiError 422 with an entry per field, or the status and code that the field's schema was declared with
 */
export function parseInput(schema: z.ZodType | null, value: unknown): unknown {
  if (schema === null) return undefined;
  const result = schema.safeParse(value ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throwFault(schema, result.error.issues);
  throw validationFailed(result.error.issues.map(toFieldError));
}

/** Values that PostgreSQL cannot store must not reach it, wherever they came from. */
export function refuseNul(values: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(values)) {
    if (String(value).includes('\0')) {
      throw validationFailed([{ code: 'invalid_text', field, message: 'NUL characters are not accepted.' }]);
    }
  }
}

function throwFault(schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): void {
  if (!(schema instanceof z.ZodObject)) return;
  for (const issue of issues) {
    const field = (schema.shape as Record<string, z.ZodType>)[String(issue.path[0])];
    const fault = field && faultOf(field);
    if (!fault) continue;
    const errors = issues.filter(({ path }) => path[0] === issue.path[0]).map(toFieldError);
    throw new ApiError(fault.code, { status: fault.status, message: fault.message, errors });
  }
}

/** A rule of our own names its code; zod names those of its rules. */
function codeOf(issue: z.core.$ZodIssue): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  return typeof own === 'string' ? own : issue.code;
}

function toFieldError(issue: z.core.$ZodIssue): FieldError {
  const field = issue.path.join('.');
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return {
    code: isMissing ? 'required' : codeOf(issue),
    field,
    message: isMissing ? `${field} is required.` : issue.message,
  };
}
