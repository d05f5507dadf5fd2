/** What a Containerfile of ours has to comply with: pinned origins, a number as user, no step that npm's scripts take. */
import { type Instruction, parseStages, type Stage } from '../image/containerfile.ts';

/** All problems of a Containerfile, a line each. */
export function containerfileProblems(file: string, text: string): readonly string[] {
  const stages = parseStages(text);
  const names = new Set(stages.map((stage) => stage.name));
  const problems = stages.flatMap((stage) => [
    ...baseProblems(stage, names),
    ...stage.instructions.flatMap((instruction) => instructionProblems(instruction)),
  ]);
  const users = stages.at(-1)?.instructions.filter((each) => each.name === 'USER') ?? [];
  if (!/^[1-9]\d*:[1-9]\d*$/.test(users.at(-1)?.text ?? '')) {
    problems.push('the last stage needs USER with numbers, so that Kubernetes can see that it is not root');
  }
  return problems.map((problem) => `${file}: ${problem}`);
}

function baseProblems({ base }: Stage, names: ReadonlySet<string>): readonly string[] {
  const isOurs = base === 'scratch' || names.has(base) || /^[\w-]*\$\{TARGETARCH\}$/.test(base);
  if (isOurs || /^\S+:\S+@sha256:[0-9a-f]{64}$/.test(base)) return [];
  return [`FROM ${base} needs a tag and a digest`];
}

function instructionProblems({ name, text }: Instruction): readonly string[] {
  if (name === 'ADD' && !/^--checksum=sha256:[0-9a-f]{64} https:\/\/\S+ \S+$/.test(text)) {
    return [`ADD needs a checksum, an https address and a target; COPY takes files: ${text}`];
  }
  if (name === 'RUN' && /\bnpm (ci|install)\b/.test(text) && !text.includes('--ignore-scripts')) {
    return ['npm in RUN needs --ignore-scripts'];
  }
  if (name === 'RUN' && /\bapt-get install\b/.test(text) && !text.includes('--no-install-recommends')) {
    return ['apt-get install in RUN needs --no-install-recommends'];
  }
  return [];
}
