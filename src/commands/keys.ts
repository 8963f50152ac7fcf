import type { Command } from 'commander';
import {
  CreateEnvironmentApiKey,
  createApiKey,
  createInstallKey,
} from '../capabilities/environments/index.ts';
import { generateMasterKey } from '../server/runtime.ts';
import { printResult } from './output.ts';
import { inEnvironmentTransaction, inInstallTransaction, withRuntime } from './session.ts';

interface CreateOptions {
  admin?: boolean;
  env?: string;
  name: string;
  json?: boolean;
}

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('make secret keys');
  keys
    .command('create')
    .description('make an API key of an environment, or with --admin one of the installation')
    .option('--admin', 'a key that manages environments')
    .option('--env <client_id>', 'the environment; the first one by default')
    .option('--name <name>', 'what to call it', 'Command line')
    .option('--json', 'print JSON')
    .action(async (options: CreateOptions) => {
      const input = CreateEnvironmentApiKey.safeParse({ name: options.name });
      if (!input.success) throw new Error('--name has 1 to 100 characters in one line');
      const { name } = input.data;
      await withRuntime(async (runtime) => {
        const value = options.admin
          ? await inInstallTransaction(runtime, (tx) => createInstallKey(tx, name))
          : await inEnvironmentTransaction(
              runtime,
              options.env,
              async (tx) => (await createApiKey(tx, { name })).value,
            );
        printResult(options.json ?? false, { api_key: value }, value);
      });
    });
  keys
    .command('generate')
    .description('print a new DOORWRIGHT_MASTER_KEY')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => {
      const key = generateMasterKey();
      printResult(options.json ?? false, { master_key: key }, key);
    });
}
