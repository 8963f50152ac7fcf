import { type DestinationStream, type Logger, pino } from 'pino';
import { openLogStream } from './log-stream.ts';

export type Log = Logger;

/** Fields that never reach a log line, wherever an object carries them one or two levels deep. */
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'password_hash',
  'client_secret',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'code',
  'code_verifier',
  'api_key',
  'value',
];

/**
 * Makes the JSON log. Secret fields are replaced by `[redacted]`.
 * @param level pino's level name
 * @param destination defaults to stdout
 */
export function createLog(level: string, destination: DestinationStream = openLogStream(1)): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretFields.flatMap((field) => [`*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  };
  return pino(options, destination);
}
