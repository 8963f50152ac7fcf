import { variables } from '../../src/config.ts';
import { renewBlock, table } from './block.ts';

/** The table of `docs/self-hosting/configuration.md`: every variable, as the program reads it. */
export function makeConfiguration(): Promise<string | null> {
  const rows = variables.map(({ name, about }) => [`\`${name}\``, about]);
  return renewBlock(
    'docs/self-hosting/configuration.md',
    'variables',
    table(['variable', 'what it does'], rows),
  );
}
