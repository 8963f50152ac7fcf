const required = [
  'WORKOS_API_KEY',
  'WORKOS_CLIENT_ID',
  'WORKOS_COOKIE_PASSWORD',
  'WORKOS_REDIRECT_URI',
  'WORKOS_API_HOSTNAME',
];

/** Reads the environment. Throws a sentence that names every variable that is missing. */
export function readConfig(env) {
  const missing = required.filter((name) => !env[name]);
  if (missing.length > 0)
    throw new Error(`Set ${missing.join(', ')}: Doorwright prints them when it starts.`);
  const { origin, port, pathname } = new URL(env.WORKOS_REDIRECT_URI);
  return {
    apiKey: env.WORKOS_API_KEY,
    clientId: env.WORKOS_CLIENT_ID,
    // Seals the session cookie: 32 characters or more, the same on every machine that serves this application.
    cookiePassword: env.WORKOS_COOKIE_PASSWORD,
    redirectUri: env.WORKOS_REDIRECT_URI,
    callbackPath: pathname,
    // The one address under which this application is reached; forms that come from elsewhere are refused.
    origin,
    isSecure: origin.startsWith('https:'),
    port: Number(env.PORT || port || 3000),
    api: {
      apiHostname: env.WORKOS_API_HOSTNAME,
      https: env.WORKOS_API_HTTPS !== 'false',
      ...(env.WORKOS_API_PORT && { port: Number(env.WORKOS_API_PORT) }),
    },
  };
}
