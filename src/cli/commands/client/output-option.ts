import { Option } from 'commander';
import type { Texts } from '../../texts/texts.ts';

/** `-o`, with the forms that a command knows; `-o=json` is written too, as for kubectl. */
export function outputOption({ help, output }: Texts, forms: readonly string[]): Option {
  const option = new Option('-o, --output <form>', `${help.output}${output.colon}${forms.join('|')}`);
  return option.argParser((form) => form.replace(/^=/, ''));
}
