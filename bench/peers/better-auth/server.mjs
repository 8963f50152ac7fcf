// better-auth with its organization plugin on a PostgreSQL of the caller's, as its documentation sets it up; rate limits
// and telemetry off, as Doorwright's are. Takes PG_CONNECTION (JSON for pg); prints one JSON line when ready.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { organization } from 'better-auth/plugins';
import { Pool } from 'pg';

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const auth = betterAuth({
  baseURL: url,
  secret: 'a secret of the benchmark that protects nothing',
  database: new Pool({ ...JSON.parse(process.env.PG_CONNECTION), max: 10 }),
  emailAndPassword: { enabled: true },
  // A limit as a number would read all organizations of the user for each new one.
  plugins: [organization({ organizationLimit: () => false })],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
server.on('request', toNodeHandler(auth));

const response = await fetch(`${url}/api/auth/sign-up/email`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: url },
  body: JSON.stringify({
    name: 'Bench',
    email: 'bench@example.com',
    password: 'correct horse battery staple',
  }),
});
if (!response.ok) throw new Error(`sign-up: ${response.status} ${await response.text()}`);
const cookie = response.headers
  .getSetCookie()
  .map((text) => text.split(';')[0])
  .join('; ');
process.stdout.write(`${JSON.stringify({ url, cookie })}\n`);
process.on('SIGTERM', () => process.exit(0));
