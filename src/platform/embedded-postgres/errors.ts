/**
 * Why the embedded PostgreSQL could not be started. Each message is for the operator and ends in what to do.
 */
export type EmbeddedPostgresErrorCode =
  | 'data_directory_in_use'
  | 'data_directory_unreachable'
  | 'engine_missing'
  | 'engine_version_mismatch'
  | 'password_missing'
  | 'start_failed';

export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another Doorwright owns this data directory. */
export class DataDirectoryInUseError extends EmbeddedPostgresError {
  override readonly name = 'DataDirectoryInUseError';

  constructor(dataDirectory: string, holder: string | undefined) {
    super(
      'data_directory_in_use',
      `The data directory ${dataDirectory} is in use by another Doorwright${holder ? ` (${holder})` : ''}. ` +
        'Stop that one first, or give this one a directory of its own (DOORWRIGHT_DATA_DIR). ' +
        'To run several Doorwright processes on one database, give all of them the same DATABASE_URL.',
    );
  }
}
