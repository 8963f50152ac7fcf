/** A fenced block of a Markdown page. */
export interface Block {
  language: string;
  text: string;
  line: number;
  /** Why it is not run; null when it is. */
  exemption: string | null;
}

const fence = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a page. @throws when a block is exempt without a reason */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(fence)].map((match) => {
    const [, language = '', info = '', text = ''] = match;
    const line = page.slice(0, match.index).split('\n').length;
    const isExempt = info.trim().startsWith('no-run');
    const exemption = isExempt ? info.replace(/^\s*no-run:?\s*/, '').trim() : null;
    if (exemption === '') throw new Error(`line ${line}: say why, as in \`\`\`${language} no-run: reason`);
    return { language, text, line, exemption };
  });
}

/** What the page says that its blocks print: `// prints TEXT` behind a line. */
export function printsOf(text: string): string[] {
  return [...text.matchAll(/\/\/ prints (.+)$/gm)].map((match) => match[1] ?? '');
}

/**
 * One module that does what the page does, in its order: JavaScript as it stands, shell through `runShell`.
 * @param replace fits the page to this run, such as the port
 */
export function toModule(blocks: readonly Block[], replace: (text: string) => string): string {
  const parts = blocks
    .filter(({ exemption, language }) => exemption === null && (language === 'js' || language === 'sh'))
    .map(({ language, text }) =>
      language === 'js' ? replace(text) : `runShell(${JSON.stringify(replace(text))});\n`,
    );
  return `${shellSource}\n${parts.join('\n')}`;
}

const shellSource = `import { execFileSync as __execFileSync } from 'node:child_process';
// An answer ends without a line feed; what is printed next has its own line.
const runShell = (text) => console.log(__execFileSync('bash', ['-euo', 'pipefail', '-c', text], { encoding: 'utf8' }));
`;
