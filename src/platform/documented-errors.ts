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
  { status: 400, code: 'invalid_json', when: 'The body is not JSON, or holds what cannot be stored.' },
  { status: 413, code: 'payload_too_large', when: 'The body passes its limit.' },
  { status: 415, code: 'unsupported_media_type', when: 'The body is not marked as JSON.' },
];

const idempotencyErrors: readonly DeclaredError[] = [
  { status: 400, code: 'invalid_idempotency_key', when: 'The key is empty or longer than 255 characters.' },
  { status: 409, code: 'idempotency_key_conflict', when: 'The key was used with another body.' },
];

/** Every error that an operation can be answered: its own, then those of the frame. */
export function documentedErrors(operation: Operation): readonly DeclaredError[] {
  const { principals, permission } = operation;
  const declared = operation.errors ?? [];
  const isPublic = principals.every((kind) => kind === 'none');
  const needsEnvironment = principals.includes('install') && operation.environmentFrom === 'principal';
  const hasInput = operation.body !== null || operation.query !== null;
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
