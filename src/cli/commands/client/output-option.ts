import { Option } from 'commander';
import type { Texts } from '../../texts/texts.ts';

/** `-o`, with the forms that a command knows. */
export function outputOption({ help, output }: Texts, forms: readonly string[]): Option {
  return new Option('-o, --output <form>', `${help.output}${output.colon}${forms.join('|')}`);
}
