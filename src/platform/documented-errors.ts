import { ApiError } from './errors.ts';
import type { DeclaredError, Operation } from './operation.ts';

const unauthorized = { status: 401, code: 'unauthorized', when: 'No valid key was sent.' };
const forbidden = { status: 403, code: 'forbidden', when: 'The credential may not do this.' };
const environmentRequired = {
  status: 400,
  code: 'environment_required',
  when: 'An install key was sent without `/environments/{client_id}` before the path.',
};
const validationFailed = {
  status: 422,
  code: 'validation_failed',
  when: 'A field or parameter is not valid.',
};
const rateLimited = {
  status: 429,
  code: 'rate_limit_exceeded',
  when: 'Too many requests; Retry-After says how long to wait.',
};

const bodyErrors: readonly DeclaredError[] = [
  { status: 413, code: 'payload_too_large', when: 'The body passes its limit.' },
  { status: 415, code: 'unsupported_media_type', when: 'The body is not marked as JSON.' },
];

const idempotencyErrors: readonly DeclaredError[] = [
  { status: 409, code: 'idempotency_key_conflict', when: 'The key was used with another body.' },
];

/** Every error that an operation can be answered: its own, then those of the frame. */
export function documentedErrors(operation: Operation): readonly DeclaredError[] {
  const { principals, permission } = operation;
  const declared = operation.errors ?? [];
  const isPublic = principals.every((kind) => kind === 'none');
  const needsEnvironment = principals.includes('install') && operation.environmentFrom === 'principal';
  const hasInput = operation.params !== null || operation.body !== null || operation.query !== null;
  const isValidationDeclared = declared.some(({ status }) => status === 422);
  return [
    ...declared,
    ...(needsEnvironment ? [environmentRequired] : []),
    ...(operation.body ? bodyErrors : []),
    ...(operation.method === 'POST' ? idempotencyErrors : []),
    ...(isPublic ? [] : [unauthorized]),
    ...(permission === null ? [] : [forbidden]),
    ...(hasInput && !isValidationDeclared ? [validationFailed] : []),
    rateLimited,
  ];
}

/** What input errors are called by operations that document the older word for them. */
const olderName = 'invalid_request_parameters';

/** The error as its operation documents it: refused input has one of two codes, and 400 or 422. */
export function inDocumentedWords(error: ApiError, operation: Pick<Operation, 'errors'>): ApiError {
  if (error.code !== validationFailed.code) return error;
  const documented = operation.errors?.find(({ code }) => code === olderName);
  const hasBoth = operation.errors?.some(({ code }) => code === validationFailed.code);
  if (!documented || hasBoth) return error;
  return new ApiError(olderName, {
    status: documented.status,
    message: error.message,
    fields: error.fields,
    headers: error.headers,
    ...(error.errors ? { errors: error.errors } : {}),
  });
}
