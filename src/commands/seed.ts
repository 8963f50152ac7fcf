import type { Command } from 'commander';
import { createEncryption, parseMasterKeys } from '../platform/encryption.ts';
import { applySeed } from '../seed/index.ts';
import { findMasterKey } from '../server/runtime.ts';
import { printResult, say } from './output.ts';
import { withRuntime } from './session.ts';

export function registerSeed(program: Command): void {
  program
    .command('seed')
    .description('apply a seed file; applying it twice changes nothing')
    .argument('[file]', 'seed file', 'doorwright.seed.yaml')
    .option('--json', 'print JSON')
    .action((file: string, options: { json?: boolean }) =>
      withRuntime(async (runtime, _log, config) => {
        const encryption = createEncryption(parseMasterKeys(await findMasterKey(config)));
        const warnings = await applySeed({ ...runtime, encryption }, file);
        for (const warning of warnings) say(`seed: ${warning}`);
        printResult(options.json ?? false, { file, warnings }, `Applied ${file}.`);
      }),
    );
}
