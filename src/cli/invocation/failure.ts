import type { ErrorReason } from '../../messages/errors/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { defined } from '../../base/defined.ts';
import { render } from '../../messages/message.ts';
import { ApiRefusal, type Violation } from '../../client/index.ts';
import { exitCodes } from './exit-codes.ts';
import { Interrupted } from './process-end.ts';
import type { Terminal } from '../output/terminal.ts';
import { shown } from '../output/terminal-text.ts';
import { formatTable } from '../output/table.ts';
import { remedyText } from '../texts/remedy.ts';
import type { Texts } from '../texts/texts.ts';

/** Mistakes in how the command was called, although they are found only when it runs. */
const USAGE: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  'ServerNotChosen',
  'ServerAddressInvalid',
  'KindUnknown',
  'ObjectNamesInvalid',
  'SelectorInvalid',
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

/** Of the message of an error, in characters. */
const MAXIMUM_MESSAGE_LENGTH = 4_000;

export function describeError(error: unknown, texts: Texts): Described {
  const described = inWords(error, texts);
  return { ...described, message: shortened(described.message), remedy: shortened(described.remedy) };
}

function shortened(text: string): string {
  return text.length <= MAXIMUM_MESSAGE_LENGTH ? text : `${text.slice(0, MAXIMUM_MESSAGE_LENGTH)}…`;
}

function inWords(error: unknown, { output, language }: Texts): Described {
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
    terminal.say([`nautes: ${texts.output.unexpected}`, ...unexpectedLines(error)]);
    return;
  }
  const { message, remedy, violations, requestId } = describeError(error, texts);
  const [first = '', ...others] = terminal.wrapped(message, INDENT.length);
  terminal.say([shown`${terminal.paint('red', 'nautes:')} ${first}`, ...others.map((line) => INDENT + line)]);
  if (violations.length > 0) {
    const rows = violations.map(({ subject, text }) => [subject, text]);
    const table = formatTable([texts.output.violationHeads, ...rows], { indent: '  ', width: terminal.messageColumns });
    terminal.say(table);
  }
  const isLater = error instanceof ApiRefusal && error.retryAfterSeconds !== undefined;
  const advice = [remedy, ...(isLater ? [texts.output.retryAfter(error.retryAfterSeconds ?? 0)] : [])].filter(Boolean);
  for (const text of advice) terminal.say(terminal.wrapped(text, INDENT.length).map((line) => INDENT + line));
  if (requestId !== '')
    terminal.say(
      terminal.paint(
        'dim',
        `${INDENT}${texts.output.requestId}${texts.output.colon}${requestId.slice(0, MAXIMUM_ID_LENGTH)}`,
      ),
    );
  if (error instanceof NautesError && error.reason === 'Internal') terminal.say(unexpectedLines(error.cause));
}

/** What a report of a bug needs: the error and the place in the source that threw it. */
function unexpectedLines(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [`${INDENT}${String(error)}`];
  const place = /^ +at .*$/m.exec(error.stack ?? '')?.[0].trim() ?? '';
  const text = `${error.name}: ${error.message.slice(0, MAXIMUM_UNEXPECTED_LENGTH)}`;
  return [text, place].filter(Boolean).map((line) => INDENT + line);
}

/** Of the message of an error that is none of ours, in characters. */
const MAXIMUM_UNEXPECTED_LENGTH = 500;

/** Of the id of a request, in characters. */
const MAXIMUM_ID_LENGTH = 100;

/** What follows the first line stands below its text. */
const INDENT = ' '.repeat('nautes: '.length);
