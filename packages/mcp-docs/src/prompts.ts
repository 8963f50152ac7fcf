import type { Corpus } from './corpus/store.ts';
import { searchCorpus } from './search/search.ts';
import { uriOf } from './tools/tool.ts';

type Argument = { readonly name: string; readonly description: string; readonly required: boolean };

export type Prompt = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly Argument[];
  /** What to look up for it, and the task itself. */
  readonly query: (values: Values) => string;
  readonly task: (values: Values) => string;
};

type Values = Readonly<Record<string, string>>;

const FRAMEWORK: Argument = {
  name: 'framework',
  description: 'Language or framework of the application',
  required: false,
};
const inFramework = ({ framework }: Values): string => (framework ? ` in ${framework}` : '');

export const PROMPTS: readonly Prompt[] = [
  {
    name: 'integrate_sso',
    title: 'Integrate single sign-on',
    description: 'Adds SAML and OIDC sign-in for the customers of an application.',
    arguments: [
      FRAMEWORK,
      { name: 'provider', description: 'Identity provider to begin with', required: false },
    ],
    query: ({ framework = '', provider = '' }) => `single sign-on quick start ${provider} ${framework}`,
    task: (values) =>
      `Add single sign-on${inFramework(values)}${values['provider'] ? `, first with ${values['provider']}` : ''}. Build the authorization URL on the server, check \`state\` at the callback, exchange the code there, and keep the profile's id rather than its e-mail as the key. Then show how to test it with the test identity provider.`,
  },
  {
    name: 'add_hosted_login',
    title: 'Add the hosted login',
    description: 'Adds sign-in, sign-up, sessions and sign-out through the hosted pages.',
    arguments: [FRAMEWORK],
    query: ({ framework = '' }) => `hosted login authkit quick start sessions ${framework}`,
    task: (values) =>
      `Add the hosted login${inFramework(values)}: redirect to it, handle the callback, keep the session in a sealed cookie, refresh it, protect the routes that need a user, and sign out.`,
  },
  {
    name: 'migrate_from',
    title: 'Migrate from another service',
    description: 'Plans the move of users, passwords, organizations and connections.',
    arguments: [{ name: 'service', description: 'Where the users are now, such as Auth0', required: true }],
    query: ({ service = '' }) => `migrate from ${service} export users import passwords`,
    task: ({ service = 'the present service' }) =>
      `Plan the migration from ${service}: what to export, how passwords and social sign-ins come along, how organizations and memberships are made, what happens to people who sign up meanwhile, and how to go back. Write it as steps with code.`,
  },
  {
    name: 'model_authorization',
    title: 'Model authorization',
    description: 'Finds roles, permissions and resource types for an application.',
    arguments: [
      { name: 'domain', description: 'What the application is about and who may do what', required: true },
    ],
    query: () => 'roles permissions resource types hierarchy access check quick start',
    task: ({ domain = '' }) =>
      `Model authorization for this application: ${domain}\nSay whether roles for each organization are enough or access depends on single resources; list the permissions, the roles, the resource types with their parents; and show the checks in code.`,
  },
  {
    name: 'debug_error',
    title: 'Debug an error',
    description: 'Explains an error code or message and how to get rid of it.',
    arguments: [
      { name: 'error', description: 'The code or the whole message', required: true },
      { name: 'context', description: 'The request, or what was done before', required: false },
    ],
    query: ({ error = '' }) => error,
    task: ({ error = '', context = '' }) =>
      `This error came up: ${error}\n${context === '' ? '' : `Around it: ${context}\n`}Say what it means, which causes it can have in which order of likelihood, how to tell them apart, and how to mend each.`,
  },
];

/** The messages of a prompt: the task, and the pages that answer it best. Throws an Error that names a missing argument. */
export function renderPrompt(
  corpus: Corpus,
  prompt: Prompt,
  values: Values,
): { role: 'user'; content: object }[] {
  const missing = prompt.arguments.find(({ name, required }) => required && !values[name]?.trim());
  if (missing !== undefined)
    throw new Error(`The prompt \`${prompt.name}\` needs the argument \`${missing.name}\`.`);
  const { results } = searchCorpus(corpus, { query: prompt.query(values), limit: 5 });
  const list = results.map(
    ({ page, collection }) => `- ${page.title}: ${uriOf(corpus, collection, page.path)}`,
  );
  const text = [
    prompt.task(values),
    '',
    'Work from the documentation and name the pages that you rely on. These are likely to help; read others with the tool `doorwright_docs` and find more with `doorwright_search`:',
    '',
    ...list,
  ].join('\n');
  const best = results[0];
  const message = { role: 'user' as const, content: { type: 'text', text } };
  if (best === undefined) return [message];
  const resource = {
    uri: uriOf(corpus, best.collection, best.page.path),
    mimeType: 'text/markdown',
    text: best.collection.read(best.page.text).slice(0, 40_000),
  };
  return [message, { role: 'user', content: { type: 'resource', resource } }];
}
