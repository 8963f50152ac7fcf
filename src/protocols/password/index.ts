export {
  type HashFault,
  type PasswordHashType,
  type SaltPosition,
  passwordHashTypes,
  saltPositions,
} from './hash-formats/format.ts';
export { type HashImport, type StoredHash, importHash, readStoredHash } from './stored-hash.ts';
export { isTooLong, maximumPasswordBytes, normalizePassword } from './normalize.ts';
export { loadDictionaries } from './dictionaries.ts';
export { type PasswordError, passwordReused } from './policy-errors.ts';
export { type PasswordContext, type PasswordPolicy, checkPassword } from './policy.ts';
