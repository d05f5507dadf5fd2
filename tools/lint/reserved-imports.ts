import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that only these parts may import from their part: access to what they open leads through them. */
const reserved: readonly { readonly names: readonly string[]; readonly of: string; readonly by: readonly string[] }[] =
  [
    { names: ['openConnection'], of: 'src/kube', by: ['src/cluster-access', 'src/management'] },
    { names: ['connectionOptions'], of: 'src/kube', by: ['src/cluster-access'] },
    { names: ['SecretStore'], of: 'src/secrets', by: ['src/cluster-access'] },
  ];

/** Composition parts, which create these objects and own them. */
const composing = ['src/server'];

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s+'([^']+)'/g;

/** The imports of names that are reserved for another part, as messages. */
export async function reservedImportProblems(root: string, file: string): Promise<string[]> {
  if (!file.startsWith('src/') || composing.some((part) => file.startsWith(`${part}/`))) return [];
  const text = await readFile(join(root, file), 'utf8');
  const imported = [...text.matchAll(IMPORT)].flatMap(([, names = '', specifier = '']) =>
    names.split(',').map((name) => ({
      specifier,
      name:
        name
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)[0] ?? '',
    })),
  );
  return reserved
    .filter(({ of, by }) => [of, ...by].every((part) => !file.startsWith(`${part}/`)))
    .flatMap(({ names, of, by }) =>
      imported
        .filter(({ name, specifier }) => names.includes(name) && specifier.includes(`${of.replace('src', '')}/`))
        .map(({ name }) => `${file}: only ${by.join(', ')} may import ${name} of ${of}`),
    );
}
