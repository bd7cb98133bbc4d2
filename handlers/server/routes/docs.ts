import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { openApiDocument } from '../../../sdk/contract/openapi/openapi.ts';
import type { ServerEnvironment } from '../server-context.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
details { border-top: 1px solid color-mix(in srgb, currentcolor 25%, transparent); padding: 0.5rem 0; }
summary { cursor: pointer; min-height: 24px; }
code { font: 0.9em ui-monospace, monospace; }
b { display: inline-block; min-width: 4.5rem; }
dl { margin: 0.5rem 0 0.5rem 1rem; } dt { font-weight: 600; } dd { margin: 0 0 0.25rem 1rem; }
pre { overflow-x: auto; padding: 0.5rem; background: color-mix(in srgb, currentcolor 8%, transparent); }
`;

const TAGS: Readonly<Record<string, string>> = {
  server: 'Colloquy',
  openai: 'Clients of OpenAI, speaches and LocalAI',
  operation: 'Operation',
};

type Parameter = { readonly name: string; readonly in: string; readonly description: string };
type Contents = Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
type Shown = {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Contents }>>;
};

/** `/docs`: the OpenAPI document to read, one page without script. */
export function docsRoutes(): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/docs', (c) => {
    const nonce = randomBytes(16).toString('base64');
    return c.html(docsPage(nonce), 200, {
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });
  return routes;
}

function docsPage(nonce: string): string {
  const { paths, components } = openApiDocument();
  const sections = Object.entries(TAGS).map(([tag, title]) => {
    const shown = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as Readonly<Record<string, Shown>>)
        .filter(([, { tags }]) => tags.includes(tag))
        .map(([method, operation]) => operationOf(method, path, operation)),
    );
    return `<h2>${title}</h2>${shown.join('')}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${name}"><summary><code>${name}</code></summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Colloquy: routes</title><style nonce="${nonce}">${STYLE}</style></head><body><main><h1>Routes of this server</h1><p><a href="/openapi.json">openapi.json</a> is the same for programs. With keys: <code>Authorization: Bearer KEY</code>.</p>${sections.join('')}<h2>Schemas</h2>${schemas.join('')}</main></body></html>`;
}

function operationOf(method: string, path: string, operation: Shown): string {
  const { summary, parameters, requestBody, responses } = operation;
  const rows = [
    ...parameters.map(({ name, in: place, description }) => [`${name} (${place})`, escaped(description)]),
    ...contentRows('Body', requestBody?.content),
    ...Object.entries(responses).flatMap(([status, { description, content }]) => [
      [status, escaped(description)],
      ...(status.startsWith('2') ? contentRows(status, content) : []),
    ]),
  ];
  const list = rows.map(([name, text]) => `<dt>${escaped(name!)}</dt><dd>${text}</dd>`).join('');
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(summary)}</summary><dl>${list}</dl></details>`;
}

function contentRows(name: string, content: Contents = {}): string[][] {
  return Object.entries(content).map(([type, { schema }]) => {
    const component = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref))?.[1];
    const fields = Object.keys(schema.properties ?? {}).join(', ');
    const text =
      component === undefined
        ? escaped(fields)
        : `<a href="#schema-${component}"><code>${component}</code></a>`;
    return [`${name}: ${type}`, text];
  });
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
