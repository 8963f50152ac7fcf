import { z } from 'zod';

/** Schemas that several capabilities share, in the wire's words. */

/** Errors other than 422 that a documented field gives, keyed by its schema. */
const faults = z.registry<{ status: number; code: string; message: string }>();

/** Declares that a value this schema refuses is answered `status` and `code` instead of 422. */
export function withFault<Schema extends z.ZodType>(
  schema: Schema,
  fault: { status: number; code: string; message: string },
): Schema {
  faults.add(schema, fault);
  return schema;
}

/** The fault that a schema was declared with, if any. */
export function faultOf(schema: z.ZodType): { status: number; code: string; message: string } | undefined {
  return faults.get(schema);
}

/** Path parameters of an operation on one object. */
export const ById = z.object({ id: z.string().max(100) });

/** The body of an operation that accepts bytes as they come. */
export const Bytes = z.instanceof(Uint8Array);

export const Timestamp = z.iso.datetime({ precision: 3 });

/** NUL is refused with every text of a body: PostgreSQL cannot store it. */
const ascii = /^\p{ASCII}*$/u;
const metadataPairs = 50;

const MetadataKey = z.string().min(1).max(40).regex(ascii);
const MetadataValue = z.string().max(600).regex(ascii);

/** Metadata as stored and answered: up to 50 pairs, keys of 40 and values of 600 ASCII characters. */
export const Metadata = z.record(MetadataKey, MetadataValue).meta({ maxProperties: metadataPairs });
export type Metadata = z.infer<typeof Metadata>;

const metadataFault = {
  status: 400,
  code: 'invalid_metadata',
  message:
    'Metadata takes up to 50 pairs of ASCII text: keys of 1 to 40 characters, values of at most 600 characters.',
};

/** Metadata as sent: a null value deletes its key, null or `{}` for the whole deletes all. */
export const MetadataPatch = withFault(
  z
    .record(MetadataKey, MetadataValue.nullable())
    .refine((pairs) => Object.keys(pairs).length <= metadataPairs)
    .nullable()
    .optional(),
  metadataFault,
);
export type MetadataPatch = z.infer<typeof MetadataPatch>;

/**
 * No control, no line break, and nothing that turns the direction of what stands beside it. Letters that run from
 * right to left do not: neither they nor the marks U+200E, U+200F and U+061C are refused, nor what joins emoji.
 */
const oneLine = /^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u;
const manyLines = /^(?:[\n\t]|[^\p{Cc}\u202a-\u202e\u2066-\u2069])*$/u;

/** A text that people read in one line, such as a name, without the blanks around it. */
export const LineOfText = z
  .string()
  .trim()
  .regex(oneLine, 'One line of text, without control characters and without changes of direction.');

/** A text that people read in as many lines as it has, each of which ends in a line feed. */
export const LinesOfText = z
  .string()
  .overwrite((text) => text.replace(/\r\n?/g, '\n'))
  .trim()
  .regex(manyLines, 'Text, without control characters and without changes of direction.');

/** An id of the caller's own: up to 128 ASCII characters, unique per environment and kind. */
export const ExternalId = z.string().min(1).max(128).regex(ascii);

/** A whole number in a query string. */
export const QueryInteger = z
  .string()
  .regex(/^-?\d{1,15}$/)
  .transform(Number);

/** One or many texts in a query string: `a,b`, repeated, or `name[]` (the frame folds the latter two). */
export const QueryList = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((part) => part.split(',')))
  .transform((parts) => parts.map((part) => part.trim()).filter((part) => part !== ''))
  .pipe(z.array(z.string()).max(200));

export const PaginationOrder = z.enum(['normal', 'desc', 'asc']);
export type PaginationOrder = z.infer<typeof PaginationOrder>;

/** The query parameters of every list. */
export const paginationQuery = {
  limit: QueryInteger.pipe(z.int().min(1).max(100)).default(10),
  before: z.string().max(100).optional(),
  after: z.string().max(100).optional(),
  order: PaginationOrder.default('desc'),
};

/** The list envelope around one kind of object. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    list_metadata: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
  });
}

export interface List<Item> {
  object: 'list';
  data: Item[];
  list_metadata: { before: string | null; after: string | null };
}
