import type { SpecDocument } from '../documents/document.ts';
import { readDocuments } from '../documents/document.ts';
import type { NamedObject } from '../documents/object-names.ts';
import { printedNames } from '../documents/printed-names.ts';
import { readSources } from '../documents/sources.ts';
import { type Invocation, warning } from '../invocation/invocation.ts';
import { render } from '../../messages/message.ts';
import { readStandardInput } from '../invocation/prompt.ts';

/** Where documents are read from. */
export interface SourceFlags {
  readonly filename: readonly string[];
  readonly recursive?: true;
}

/** The objects that the files name, whatever was printed into them. */
export async function namesInFiles(flags: Partial<SourceFlags>): Promise<readonly NamedObject[]> {
  return printedNames(await readSources(flags.filename ?? [], flags.recursive === true, readStandardInput));
}

/** The documents of the files that the flags name, with a warning for each field that is not sent. */
export async function documentsOf(invocation: Invocation, flags: SourceFlags): Promise<readonly SpecDocument[]> {
  const sources = await readSources(flags.filename, flags.recursive === true, readStandardInput);
  const documents = readDocuments(sources, (place) =>
    invocation.terminal.tell(invocation.texts.output.kustomizationSkipped(render(place, invocation.language))),
  );
  for (const { place, unknown } of documents) {
    if (unknown.length === 0) continue;
    invocation.terminal.say(
      warning(invocation, invocation.texts.output.unknownKeys(render(place, invocation.language), unknown.join(', '))),
    );
  }
  return documents;
}
