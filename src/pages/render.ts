import type { JSX } from 'hono/jsx/jsx-runtime';

/** Writes a page out. Everything that is text in the tree is escaped. */
export async function renderPage(tree: JSX.Element): Promise<string> {
  return `<!doctype html>${String(await tree)}`;
}
