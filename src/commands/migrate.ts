import type { Command } from 'commander';
import { migrate, migrationStates } from '../platform/database/migrate.ts';
import { loadMigrations, openUnmigrated } from '../server/runtime.ts';
import { readConfig } from '../config.ts';
import { printResult } from './output.ts';
import { commandLog } from './session.ts';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date; `start` does it too')
    .option('--status', 'only say which migrations are applied')
    .option('--json', 'print JSON')
    .action(async (options: { status?: boolean; json?: boolean }) => {
      const config = readConfig(process.env, 'development');
      const log = commandLog(config);
      const { database, embedded } = await openUnmigrated(config, log, { mayVisit: true });
      try {
        const migrations = await loadMigrations();
        const applied = options.status ? [] : await migrate(database.pool, migrations, log);
        const states = await migrationStates(database.pool, migrations);
        const words = states
          .map(
            ({ name, state, appliedAt }) => `${state.padEnd(8)} ${name}${appliedAt ? `  ${appliedAt}` : ''}`,
          )
          .join('\n');
        printResult(options.json ?? false, { applied, migrations: states }, words);
      } finally {
        await database.close();
        await embedded?.stop();
      }
    });
}
