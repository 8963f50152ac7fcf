import type { Command } from 'commander';
import {
  CreateEnvironment,
  createEnvironment,
  listAllEnvironments,
} from '../capabilities/environments/index.ts';
import { printResult } from './output.ts';
import { inInstallTransaction, withRuntime } from './session.ts';

export function registerEnv(program: Command): void {
  const env = program.command('env').description('environments of this installation');
  env
    .command('create')
    .description('make an environment; prints its client id and first key, once')
    .requiredOption('--name <name>', 'what to call it')
    .option('--kind <kind>', 'sandbox or production', 'production')
    .option('--json', 'print JSON')
    .action(async (options: { name: string; kind: string; json?: boolean }) => {
      const input = CreateEnvironment.safeParse(options);
      if (!input.success)
        throw new Error('--kind is sandbox or production, --name has 1 to 100 characters in one line');
      await withRuntime(async (runtime) => {
        const created = await inInstallTransaction(runtime, (tx) => createEnvironment(tx, input.data));
        const words = `client id  ${created.client_id}\nAPI key    ${created.api_key.value}\n\nThe key is not shown again.`;
        printResult(options.json ?? false, created, words);
      });
    });
  env
    .command('list')
    .description('list environments')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withRuntime(async (runtime) => {
        const environments = await listAllEnvironments(runtime.database);
        const words = environments
          .map(({ client_id, kind, name }) => `${client_id}  ${kind}  ${name}`)
          .join('\n');
        printResult(options.json ?? false, { environments }, words);
      }),
    );
}
