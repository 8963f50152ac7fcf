const utf8 = new TextDecoder('utf-8', { fatal: true });
const namespace = 'http://www.w3.org/2000/svg';

/**
 * True for a drawing in SVG: UTF-8 whose first element is `svg` of its namespace. A document type that declares
 * entities is refused: what they unfold to cannot be seen beforehand. Takes no more than a pass over the bytes.
 */
export function isSvg(bytes: Uint8Array): boolean {
  const text = decode(bytes);
  if (text === null) return false;
  const root = skipProlog(text);
  if (root === null) return false;
  const tag = text.slice(root, text.indexOf('>', root) + 1);
  return /^<svg[\s/>]/.test(tag) && tag.includes(namespace);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** What may stand before the first element, and how each ends (XML 1.0, 2.8). */
const prolog = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<!DOCTYPE', '>'],
] as const;

/** Where the first element begins, or null. */
function skipProlog(text: string): number | null {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    const part = prolog.find(([begin]) => text.startsWith(begin, at));
    if (!part) return text.charAt(at) === '<' ? at : null;
    const [begin, end] = part;
    const until = text.indexOf(end, at + begin.length);
    if (until === -1) return null;
    if (begin === '<!DOCTYPE' && text.slice(at, until).includes('[')) return null;
    at = until + end.length;
  }
}
