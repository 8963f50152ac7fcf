import type { Command } from 'commander';
import { applySeed } from '../seed/index.ts';
import { printResult, say } from './output.ts';
import { withRuntime } from './session.ts';

export function registerSeed(program: Command): void {
  program
    .command('seed')
    .description('apply a seed file; applying it twice changes nothing')
    .argument('[file]', 'seed file', 'doorwright.seed.yaml')
    .option('--json', 'print JSON')
    .action((file: string, options: { json?: boolean }) =>
      withRuntime(async (runtime) => {
        const warnings = await applySeed(runtime, file);
        for (const warning of warnings) say(`seed: ${warning}`);
        printResult(options.json ?? false, { file, warnings }, `Applied ${file}.`);
      }),
    );
}
