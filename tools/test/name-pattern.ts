import { NAME_SEPARATOR } from './report.ts';

/**
 * The pattern for Node's test runner that matches tests whose name contains the text. Node joins the names of suites
 * and test by spaces.
 */
export function namePattern(text: string): RegExp {
  return new RegExp(text.replaceAll(NAME_SEPARATOR, ' ').replaceAll(/[^\w ]/g, String.raw`\$&`));
}
