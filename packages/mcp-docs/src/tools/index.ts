import { changelogTools } from './changelogs.ts';
import { diffTool } from './diff.ts';
import { docsTools } from './docs.ts';
import { exampleTools } from './examples.ts';
import { listTool } from './list.ts';
import { operationTool } from './operations.ts';
import { searchTools } from './search.ts';
import type { Tool } from './tool.ts';

/** All tools in the order in which they are listed: ours, then those of the original's names. */
export const TOOLS: readonly Tool[] = [
  ...[
    ...searchTools,
    ...docsTools,
    ...exampleTools,
    ...changelogTools,
    listTool,
    operationTool,
    diffTool,
  ].filter(({ name }) => name.startsWith('doorwright_')),
  ...[...docsTools, ...searchTools, ...exampleTools, ...changelogTools].filter(({ name }) =>
    name.startsWith('workos_'),
  ),
];
