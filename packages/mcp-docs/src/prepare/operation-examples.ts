import type { Example } from '../corpus/page.ts';
import type { OperationShape } from './operation-shape.ts';

const KEY = 'sk_test_default';

/** How to call an operation with curl and from TypeScript with `fetch`. */
export function operationExamples(
  shape: OperationShape,
  { base, page }: { base: string; page: string },
): Example[] {
  const root = base === '' || base === '/' ? 'http://127.0.0.1:4100' : base.replace(/\/$/, '');
  const url = `${root}${fillPath(shape)}${queryOf(shape)}`;
  const common = { name: shape.id, title: `${shape.method} ${shape.path}`, page, section: null };
  return [
    { ...common, language: 'bash', code: curl(shape, url) },
    { ...common, language: 'typescript', code: typescript(shape, url) },
  ];
}

function fillPath({ path }: OperationShape): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => `:${name}`);
}

/** Only what must be given. */
function queryOf({ parameters }: OperationShape): string {
  const names = parameters
    .filter(({ place, isRequired }) => place === 'query' && isRequired)
    .map(({ name }) => name);
  return names.length === 0 ? '' : `?${names.map((name) => `${encodeURIComponent(name)}=...`).join('&')}`;
}

function curl({ method, bodyExample }: OperationShape, url: string): string {
  const lines = [`curl -X ${method} '${url}'`, `  -H 'Authorization: Bearer ${KEY}'`];
  if (bodyExample !== undefined) {
    lines.push("  -H 'Content-Type: application/json'");
    lines.push(`  -d '${JSON.stringify(bodyExample).replaceAll("'", String.raw`'\''`)}'`);
  }
  return lines.join(' \\\n');
}

function typescript({ method, bodyExample, answers }: OperationShape, url: string): string {
  const hasBody = bodyExample !== undefined;
  return [
    `const response = await fetch('${url}', {`,
    `  method: '${method}',`,
    `  headers: {`,
    `    authorization: \`Bearer \${process.env.WORKOS_API_KEY}\`,`,
    ...(hasBody ? [`    'content-type': 'application/json',`] : []),
    `  },`,
    ...(hasBody
      ? [`  body: JSON.stringify(${JSON.stringify(bodyExample, null, 2).replaceAll('\n', '\n  ')}),`]
      : []),
    `});`,
    `if (!response.ok) throw new Error(await response.text());`,
    ...(answers === 'nothing' ? [] : [`console.log(await response.${answers}());`]),
  ].join('\n');
}
