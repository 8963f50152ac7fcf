import { type Config, ConfigError, type Mode, readConfig, variables } from '../../config.ts';
import { editDistance } from '../../lib/edit-distance.ts';
import { type Report, messageOf } from './finding.ts';

const names = variables.map(({ name }) => name);
/** Names that others use too: only a near miss is worth a word. */
const ownPrefix = 'DOORWRIGHT_';
const nearestMiss = 2;
const shortestName = 8;

/** Variables that look like ours and are not. */
export function checkNames(environment: NodeJS.ProcessEnv, report: Report): void {
  const given = Object.keys(environment).filter((name) => !names.includes(name));
  for (const name of given) {
    const meant = names.find((known) => isNear(known, name));
    if (meant !== undefined && environment[meant] === undefined) {
      report('warning', `${name} is not a variable of Doorwright and is ignored. Is ${meant} meant?`);
    } else if (name.startsWith(ownPrefix)) {
      report('warning', `${name} is not a variable of this version and is ignored. Remove it.`);
    }
  }
}

const isNear = (known: string, name: string): boolean =>
  known.length >= shortestName &&
  Math.abs(known.length - name.length) <= nearestMiss &&
  editDistance(known, name.toUpperCase()) <= nearestMiss;

/**
 * Says what is wrong with the values, and what production lacks.
 * @returns as much of the configuration as can be read, so that the other checks have something to look at
 */
export function checkValues(environment: NodeJS.ProcessEnv, mode: Mode, report: Report): Config {
  const usable = { ...environment };
  const faulty = variables.filter(({ name, schema }) => {
    const value = environment[name];
    return value !== undefined && value !== '' && !schema.safeParse(value).success;
  });
  tell(() => readConfig(faulty.length > 0 ? environment : usable, mode), report);
  for (const { name } of faulty) delete usable[name];
  if (faulty.length > 0) tell(() => readConfig(usable, mode), report);
  for (const name of ['DOORWRIGHT_TLS_CERT', 'DOORWRIGHT_TLS_KEY']) delete usable[name];
  const config = readConfig(usable, 'development');
  return { ...config, isLoopbackAllowed: mode === 'development' || reachesLoopback(usable) };
}

/** Production sends requests to this machine only where it is told so. */
function reachesLoopback(environment: NodeJS.ProcessEnv): boolean {
  const name = 'DOORWRIGHT_ALLOW_HTTP_LOOPBACK';
  return (
    variables.find((variable) => variable.name === name)?.schema.safeParse(environment[name]).data === true
  );
}

function tell(read: () => Config, report: Report): void {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) for (const line of error.message.split('\n')) report('error', line);
    else report('error', `The certificate or its key cannot be read: ${messageOf(error)}.`);
  }
}

/** What is allowed and yet seldom meant. */
export function checkAdvice(config: Config, mode: Mode, report: Report): void {
  const { externalUrl, databaseUrl, databaseDirectUrl, smtpUrl } = config;
  if (externalUrl !== undefined && !URL.canParse(externalUrl)) {
    report('error', `DOORWRIGHT_EXTERNAL_URL is not a URL. Set it as https://id.example.com.`);
  } else if (externalUrl !== undefined && mode === 'production' && !externalUrl.startsWith('https:')) {
    report('warning', 'DOORWRIGHT_EXTERNAL_URL is not https: browsers keep sign-in cookies off plain HTTP.');
  }
  if (databaseDirectUrl !== undefined && databaseUrl === undefined) {
    report('error', 'DATABASE_DIRECT_URL is set without DATABASE_URL, and is ignored. Set both.');
  }
  if (databaseUrl !== undefined && databaseDirectUrl === undefined) {
    report(
      'warning',
      'DATABASE_URL is taken for a way through a pooler, so no statement is prepared and jobs are only polled for. Set DATABASE_DIRECT_URL to an address without a pooler; where there is none, to the same one.',
    );
  }
  if (mode === 'production' && smtpUrl === undefined) {
    report('warning', 'DOORWRIGHT_SMTP_URL is not set: no mail leaves, so nobody can reset a password.');
  }
}
