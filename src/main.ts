import { Command } from 'commander';
import { registerBackup } from './commands/backup.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEnv } from './commands/env.ts';
import { registerKeys } from './commands/keys.ts';
import { registerListen } from './commands/listen.ts';
import { registerMigrate } from './commands/migrate.ts';
import { failWith } from './commands/output.ts';
import { registerSeed } from './commands/seed.ts';
import { registerServe } from './commands/serve.ts';
import { version } from './server/version.ts';

const program = new Command('doorwright')
  .description('Self-hostable identity platform, compatible with the WorkOS API')
  .version(version)
  .showHelpAfterError();

registerServe(program);
registerMigrate(program);
registerSeed(program);
registerKeys(program);
registerEnv(program);
registerBackup(program);
registerDoctor(program);
registerListen(program);

program.parseAsync().catch(failWith);
