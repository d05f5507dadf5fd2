import type { SpecDocument } from '../documents/document.ts';
import { clusterDocuments } from '../documents/kinds.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { printerFor, requireForm } from '../output/print-objects.ts';

/** Prints what came of a document. */
export type OutcomePrinter = (what: Pick<SpecDocument, 'kind' | 'name'>, content: unknown) => void;

/**
 * What came of documents in the form that was asked for; `undefined` where it is told in words. Made before anything is
 * read or sent, so that a mistake in the form is not found after a save.
 * @throws InvalidArgumentError, NautesError `JsonPathInvalid`
 */
export function outcomePrinter({ terminal }: Invocation, form: string | undefined): OutcomePrinter | undefined {
  if (form === undefined) return undefined;
  requireForm(form, (one) => printerFor(one, clusterDocuments));
  let printed = 0;
  return ({ kind, name }, content) => {
    const print = printerFor(form, kind);
    // Several YAML documents need something between them; JSON does without.
    if (form === 'yaml' && printed > 0) terminal.data('---\n');
    printed += 1;
    if (print !== undefined) terminal.data(print([form === 'name' ? { name } : content], true, terminal.value));
  };
}
