/** What the Containerfile says, as far as we need it: instructions, and the configuration of the last stage. */

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  /** What it begins with, arguments put in. */
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** The configuration of an image (OCI image specification, `config`). */
export interface ImageConfiguration {
  readonly user: string;
  readonly workingDirectory: string;
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal: string;
}

type Arguments = Readonly<Record<string, string>>;

/** The instructions of the file, continued lines joined, comments left out. */
export function parseInstructions(containerfile: string): readonly Instruction[] {
  const lines = containerfile.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join('\n').replaceAll(/\\\n\s*/g, '');
  return joined.split('\n').map((line) => {
    const [name = ''] = line.split(/\s/, 1);
    return { name: name.toUpperCase(), text: line.slice(name.length).trim() };
  });
}

/** The stages of the file. @param given values of arguments, which win over those of the file */
export function parseStages(containerfile: string, given: Arguments = {}): readonly Stage[] {
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  const global: Record<string, string> = {};
  for (const instruction of parseInstructions(containerfile)) {
    const { name, text } = instruction;
    if (name === 'FROM') {
      const [, base = '', stage = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(text) ?? [];
      stages.push({ base: withArguments(base, { ...global, ...given }), name: stage, instructions: [] });
    } else if (stages.length === 0) {
      Object.assign(global, argument(text));
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** The value of an argument that a stage declares. */
export function stageArgument(stages: readonly Stage[], name: string): string | undefined {
  const instructions = stages.flatMap((stage) => stage.instructions);
  const declared = instructions.filter((each) => each.name === 'ARG').map((each) => argument(each.text)[name]);
  return declared.find((value) => value !== undefined);
}

/** The configuration of the last stage, with these arguments. */
export function imageConfiguration(containerfile: string, given: Arguments): ImageConfiguration {
  const stage = parseStages(containerfile).at(-1);
  const declared: Record<string, string> = {};
  const texts = (name: string): string[] =>
    (stage?.instructions ?? []).filter((each) => each.name === name).map((each) => withArguments(each.text, declared));
  for (const text of texts('ARG')) Object.assign(declared, argument(text));
  Object.assign(declared, given);
  return {
    user: last(texts('USER')),
    workingDirectory: last(texts('WORKDIR')),
    environment: texts('ENV').flatMap((text) => pairs(text).map(([key, value]) => `${key}=${value}`)),
    labels: Object.fromEntries(texts('LABEL').flatMap(pairs)),
    entrypoint: words(last(texts('ENTRYPOINT'))),
    command: words(last(texts('CMD'))),
    ports: texts('EXPOSE').flatMap((text) => text.split(/\s+/)),
    volumes: texts('VOLUME').flatMap((text) => text.split(/\s+/)),
    stopSignal: last(texts('STOPSIGNAL')),
  };
}

function argument(text: string): Record<string, string> {
  return Object.fromEntries(pairs(text));
}

/** `KEY=value KEY="a value"`. */
function pairs(text: string): [string, string][] {
  const found = text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g);
  return [...found].map(([, key = '', quoted, plain = '']) => [key, quoted ?? plain]);
}

function withArguments(text: string, values: Arguments): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function words(json: string): readonly string[] {
  return json === '' ? [] : (JSON.parse(json) as string[]); // the exec form is JSON
}

function last(texts: readonly string[]): string {
  return texts.at(-1) ?? '';
}
