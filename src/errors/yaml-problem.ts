import type { YamlError } from '../base/yaml.ts';
import { message, quoted } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** Where a text is no acceptable YAML, and the words of the parser. */
export function yamlProblem({ problem, line, column }: YamlError): Message {
  const words = quoted(problem);
  if (line === undefined || column === undefined) return message('NotYaml', { words });
  return message('NotYaml.at', { line, column, words });
}
