// Turns MDX into Markdown that a reader without components understands. A small reader of our own: strict MDX parsers
// read the 547 pages of the reference tree too, but in four seconds and with ninety packages, and they give back a tree
// where we want the author's lines.

const FENCE = /^\s*(?:[-*>]\s+)?(`{3,}|~{3,})/;
// Code spans come first, so that a component named in one stays.
const COMPONENT =
  /(`+)(?!`)[\s\S]*?[^`]\1(?!`)|<(\/?)([A-Z][\w.]*)((?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}))?)*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:-]+)=(?:"([^"]*)"|'([^']*)')/g;

type Attributes = Readonly<Record<string, string>>;

/** Markdown without JSX, imports, comments and layout hints; fenced code stays byte for byte. */
export function cleanMarkdown(body: string): string {
  const cleaned = splitFences(body.replaceAll('\r\n', '\n'))
    .map(({ isCode, text }) => (isCode ? cleanCode(text) : cleanProse(text)))
    .join('');
  return `${cleaned
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function splitFences(body: string): { isCode: boolean; text: string }[] {
  const parts: { isCode: boolean; text: string }[] = [];
  let fence = '';
  let lines: string[] = [];
  const close = (isCode: boolean) => {
    if (lines.length > 0) parts.push({ isCode, text: `${lines.join('\n')}\n` });
    lines = [];
  };
  for (const line of body.split('\n')) {
    const mark = FENCE.exec(line)?.[1] ?? '';
    if (fence === '' && mark !== '') {
      close(false);
      fence = mark;
      lines.push(line);
    } else {
      lines.push(line);
      if (fence === '' || !mark.startsWith(fence) || line.trim() !== mark) continue;
      close(true);
      fence = '';
    }
  }
  close(fence !== '');
  return parts;
}

// The title of a code block stands in its info string, where no reader looks for it.
function cleanCode(text: string): string {
  return text.replace(
    /^(\s*(?:[-*>]\s+)?)(`{3,}|~{3,})(\w*)[^\n]*?title="([^"]+)"[^\n]*/,
    '$1**$4**\n\n$1$2$3',
  );
}

function cleanProse(text: string): string {
  return text
    .replaceAll(/\{\/\*[\s\S]*?\*\/\}|<!--[\s\S]*?-->/g, '')
    .replaceAll(/^(?:import|export)\s.+from\s.+$/gm, '')
    .replaceAll(/(!\[[^\]]*\]\([^)]*\))\[[^\]]*\]/g, '$1')
    .replaceAll(/^(\s*-) \| (.+)$/gm, '$1 **$2**')
    .replaceAll(/<GlossaryMarker>.*?<\/GlossaryMarker>/g, '')
    .replaceAll(COMPONENT, (whole: string, ...groups: (string | undefined)[]) =>
      groups[0] === undefined ? renderTag(groups.slice(1, 5)) : whole,
    )
    .replaceAll(/^(#{1,6} .*?)\s*\{\{(?![^}]*"url").*\}\}\s*$/gm, '$1');
}

function renderTag(groups: readonly (string | undefined)[]): string {
  const [slash = '', name = '', attributes = '', selfClosing = ''] = groups;
  const values = readAttributes(attributes);
  const isEnd = slash !== '';
  if (name === 'Callout') return isEnd ? '' : '**Note.** ';
  if (name === 'Event.Details') return isEnd ? '' : `#### \`${values['name'] ?? ''}\`\n`;
  if (name === 'CodeBlock' || name === 'CodeBlockTab') return isEnd ? '' : renderCodeReference(values);
  if (name.endsWith('.Card') && values['href'] !== undefined) {
    return `- [${values['title'] ?? values['href']}](${values['href']})`;
  }
  if (selfClosing !== '' && values['title'] !== undefined) return values['title'];
  return '';
}

// The file is not part of the page: its name still says what the reader would see, and leads searches here.
function renderCodeReference({ title, file, language }: Attributes): string {
  if (file === undefined) return title === undefined ? '' : `**${title}**`;
  const label = title === undefined ? file : `${title} (${file})`;
  return `_Code sample: ${label}${language === undefined ? '' : `, ${language}`}_`;
}

function readAttributes(source: string): Attributes {
  return Object.fromEntries(
    [...source.matchAll(ATTRIBUTE)].map((match) => [match[1] ?? '', match[2] ?? match[3] ?? '']),
  );
}
