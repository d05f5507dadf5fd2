import type { OpenApiDocument } from './document.ts';

/** The parts of the document that the page shows; it is our own, so that its shape is known. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly deprecated?: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h2 { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem; }
code, pre { font: 14px/1.4 ui-monospace, monospace; }
code { background: var(--soft); border-radius: 3px; padding: 0 .2em; }
pre { background: var(--soft); overflow-x: auto; padding: .7rem; }
pre code { background: none; padding: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
.method { font-weight: bold; }
.scroll { overflow-x: auto; }
nav li { list-style: none; }
nav ul { padding: 0; }
`;

/** The API description as one page that needs nothing else: no scripts, no images, one style. */
export function docsPage(document: OpenApiDocument): { readonly html: string; readonly style: string } {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: operation as unknown as DocumentedOperation,
    })),
  );
  const { title, version, description } = document.info as Record<string, string>;
  const sections = document.tags.map(({ name, description: about }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(String(name)));
    return `<h2>${escape(String(name))}</h2><p>${prose(String(about))}</p>${own.map(operationSection).join('')}`;
  });
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => schemaSection(name, schema));
  const links = operations.map(
    ({ method, path, operation }) =>
      `<li><a href="#${escape(operation.operationId)}"><code>${method} ${escape(path)}</code></a> ${escape(operation.summary)}</li>`,
  );
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title ?? '')} API</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escape(title ?? '')} API ${escape(version ?? '')}</h1>
<p>${prose(description ?? '')} For programs: <a href="/openapi.json">openapi.json</a>.</p></header>
<nav aria-label="Operations"><ul>${links.join('')}</ul></nav>
<main>${sections.join('')}<h2>Schemas</h2>${schemas.join('')}</main>
</body>
</html>
`;
  return { html, style: STYLE };
}

interface Section {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

function operationSection({ method, path, operation }: Section): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return `<section id="${escape(operationId)}">
<h3>${escape(summary)}</h3>
<p><code><span class="method">${method}</span> ${escape(path)}</code> – ${escape(operationId)}</p>
<p>${prose(description)}</p>
${parameterTable(parameters)}
${requestBody === undefined ? '' : `<h4>Body</h4>${contentText(requestBody)}`}
${responseTable(responses)}
</section>`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: place, description = '', schema }) => [
    `<code>${escape(name)}</code>`,
    place,
    typeText(schema),
    prose(description),
  ]);
  return table(['Parameter', 'In', 'Type', 'Meaning'], rows);
}

function responseTable(responses: DocumentedOperation['responses']): string {
  const rows = Object.entries(responses).map(([status, response]) => [
    `<code>${status}</code>`,
    prose(response.description),
    contentText(response),
  ]);
  return table(['Answer', 'Meaning', 'Content'], rows);
}

function contentText({ content = {} }: Content): string {
  return Object.entries(content)
    .map(([type, { schema, example }]) => {
      const shown =
        example === undefined ? '' : `<pre><code>${escape(JSON.stringify(example, undefined, 2))}</code></pre>`;
      return `${escape(type)}: ${typeText(schema)}${shown}`;
    })
    .join('<br>');
}

function schemaSection(name: string, schema: Schema): string {
  const { description = '', properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([field, property]) => [
    `<code>${escape(field)}</code>${required.includes(field) ? '' : ' (optional)'}${property.deprecated ? ' (old)' : ''}`,
    typeText(property),
    prose(property.description ?? ''),
  ]);
  return `<section id="schema-${escape(name)}"><h3>${escape(name)}</h3><p>${prose(description)}</p>
${table(['Field', 'Type', 'Meaning'], rows)}</section>`;
}

function typeText(schema: Schema): string {
  const { $ref, enum: values, anyOf, items, properties, additionalProperties, type = 'any' } = schema;
  if ($ref !== undefined) {
    const name = escape($ref.slice($ref.lastIndexOf('/') + 1));
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (values !== undefined) return values.map((value) => `<code>${escape(String(value))}</code>`).join(' or ');
  if (anyOf !== undefined) return anyOf.map(typeText).join(' or ');
  if (items !== undefined) return `list of ${typeText(items)}`;
  if (typeof additionalProperties === 'object') return `map to ${typeText(additionalProperties)}`;
  if (properties === undefined) return escape(type);
  const fields = Object.entries(properties).map(
    ([name, property]) => `<code>${escape(name)}</code>: ${typeText(property)}`,
  );
  return `{ ${fields.join(', ')} }`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const titles = head.map((title) => `<th scope="col">${title}</th>`).join('');
  const lines = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${titles}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}

/** Text with the little markup that descriptions have: `code`. */
function prose(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
