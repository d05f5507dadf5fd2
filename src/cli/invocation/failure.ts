import type { ErrorReason } from '../../messages/errors/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { defined } from '../../base/defined.ts';
import { render } from '../../messages/message.ts';
import { ApiRefusal, type Violation } from '../../client/index.ts';
import { exitCodes } from './exit-codes.ts';
import { Interrupted } from './process-end.ts';
import type { Terminal } from '../output/terminal.ts';
import { wrapToWidth } from '../output/display-width.ts';
import { formatTable } from '../output/table.ts';
import { remedyText } from '../texts/remedy.ts';
import type { Texts } from '../texts/texts.ts';

/** Mistakes in how the command was called, although they are found only when it runs. */
const USAGE: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  'ServerNotChosen',
  'ServerAddressInvalid',
  'KindUnknown',
  'ObjectNamesInvalid',
  'ProductNotGiven',
  'JsonPathInvalid',
  'KubeconfigNotNamed',
  'SettingInvalid',
  'VirtualClusterIncomplete',
]);

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof NautesError && USAGE.has(error.reason)) return exitCodes.usage;
  if (error instanceof NautesError && error.reason === 'WaitTimedOut') return exitCodes.timedOut;
  if (error instanceof NautesError || error instanceof ApiRefusal) return codeOfStatus(error.status);
  return exitCodes.failed;
}

function codeOfStatus(status: number): number {
  if (status === 401 || status === 403) return exitCodes.notAuthorised;
  if (status === 404) return exitCodes.notFound;
  return status === 409 || status === 412 ? exitCodes.conflict : exitCodes.failed;
}

/** An error in the reader's words. */
export interface Described {
  readonly message: string;
  /** What to do; empty when nothing is known. */
  readonly remedy: string;
  readonly violations: readonly Violation[];
  /** Of the server's log; empty for what went wrong here. */
  readonly requestId: string;
}

export function describeError(error: unknown, { output, language }: Texts): Described {
  if (error instanceof ApiRefusal) {
    const { message, requestId } = error;
    const violations = error.violations.map((violation) => ({
      subject: violation.subject,
      text: [violation.text, remedyText(violation, language)].filter(Boolean).join(output.sentenceGap),
    }));
    return { message, remedy: remedyText(error, language), violations, requestId };
  }
  if (error instanceof NautesError) {
    const violations = Object.entries(error.metadata).map(([subject, text]) => ({ subject, text }));
    return {
      message: render(error.said, language),
      remedy: remedyText(defined({ action: error.action }), language),
      violations,
      requestId: '',
    };
  }
  return { message: error instanceof Error ? error.message : String(error), remedy: '', violations: [], requestId: '' };
}

/** What was said already, by work that had to finish before it could end with the error. */
const said = new WeakSet<Error>();

/** Says on standard error what failed, why and what can be done, each error once; the exit code to end with. */
export function reportFailure(error: unknown, terminal: Terminal, texts: Texts): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof Error) {
    if (said.has(error)) return exitCodeOf(error);
    said.add(error);
  }
  say(error, terminal, texts);
  return exitCodeOf(error);
}

function say(error: unknown, terminal: Terminal, texts: Texts): void {
  const isOurs = error instanceof NautesError || error instanceof ApiRefusal;
  if (!isOurs) {
    terminal.say(`nautes: ${texts.output.unexpected}`);
    console.error(error);
    return;
  }
  const { message, remedy, violations, requestId } = describeError(error, texts);
  const [first = '', ...others] = wrapped(terminal, message, INDENT.length);
  terminal.say([`${terminal.paint('red', 'nautes:')} ${first}`, ...others.map((line) => INDENT + line)].join('\n'));
  if (violations.length > 0) {
    const rows = violations.map(({ subject, text }) => [subject, text]);
    const table = formatTable([texts.output.violationHeads, ...rows], { indent: '  ', width: terminal.messageColumns });
    terminal.say(table);
  }
  const isLater = error instanceof ApiRefusal && error.retryAfterSeconds !== undefined;
  const advice = [remedy, ...(isLater ? [texts.output.retryAfter(error.retryAfterSeconds ?? 0)] : [])].filter(Boolean);
  for (const text of advice) {
    terminal.say(
      wrapped(terminal, text, INDENT.length)
        .map((line) => INDENT + line)
        .join('\n'),
    );
  }
  if (requestId !== '')
    terminal.say(terminal.paint('dim', `${INDENT}${texts.output.requestId}${texts.output.colon}${requestId}`));
  if (error instanceof NautesError && error.reason === 'Internal') console.error(error.cause);
}

/** What follows the first line stands below its text. */
const INDENT = ' '.repeat('nautes: '.length);

/** The lines of a text beside something of that width; one where nobody looks at them. */
function wrapped(terminal: Terminal, text: string, used: number): readonly string[] {
  const safe = terminal.safe(text);
  const { messageColumns: columns } = terminal;
  return columns === undefined ? [safe] : wrapToWidth(safe, columns - used);
}
