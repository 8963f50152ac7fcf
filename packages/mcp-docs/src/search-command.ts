import { openCorpus } from './corpus/store.ts';
import { TOOLS } from './tools/index.ts';

type Options = {
  readonly corpus: string;
  readonly query: string;
  readonly limit: number;
  readonly version?: string;
  readonly json?: boolean;
};

/** The answer of the search tool as text, or as JSON. */
export function printSearch({ corpus: folder, query, limit, version, json }: Options): string {
  const corpus = openCorpus(folder);
  const tool = TOOLS.find(({ name }) => name === 'doorwright_search');
  if (tool === undefined) return '';
  const answer = tool.run(
    { query, limit: Math.max(1, Math.min(limit, 50)), ...(version === undefined ? {} : { version }) },
    corpus,
  );
  corpus.close();
  return json === true ? `${JSON.stringify(answer.data, null, 2)}\n` : `${answer.text}\n`;
}
