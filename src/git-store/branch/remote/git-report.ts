import type { Message } from '../../../messages/text.ts';
import { message, quoted, render } from '../../../messages/message.ts';
import type { RunResult } from '../../../base/programs/process.ts';
import { oneLine } from '../../../base/one-line.ts';
import { type Proxy, proxyName } from '../../../base/network/proxy.ts';
import { proxyRefusal } from '../../../errors/network-problem.ts';
import { sshWords } from './ssh-sayings.ts';

/** Longest text of the remote that is passed on. */
const MAXIMUM_WORDS = 500;

/** Environment by which git writes what it receives over HTTP into its errors, without content and credentials. */
export const TRACE_VARIABLES = {
  GIT_TRACE_CURL: '1',
  GIT_TRACE_CURL_NO_DATA: '1',
  GIT_TRACE_REDACT: '1',
} as const;

const TRACE_LINE = /^\d\d:\d\d:\d\d\.\d+ \S+\.c:\d+\s+/;
const RECEIVED = /^<= Recv header: (.*)$/;

/** What the remote, and this side of the connection, said. */
export interface RemoteReport {
  /** Lines of the remote, without their prefix. */
  readonly remote: readonly string[];
  /** Lines of git itself that say what is wrong. */
  readonly local: readonly string[];
  /** What we say is wrong. */
  readonly problem?: Message;
  /** True when what it sends is more than may be written. */
  readonly isTooLarge?: boolean;
  /** Of the last answer over HTTP, when there was one. */
  readonly status?: number;
  readonly retryAfter?: string;
  readonly location?: string;
  /** Of the answer of a proxy that made no connection. */
  readonly proxyStatus?: number;
  /** True when it came over SSH: what ssh and the server behind it say is not kept apart. */
  readonly isSsh?: boolean;
}

/** A remote could not be asked, or gave no answer; what was said is in the report, unfiltered. */
export class RemoteFailure extends Error {
  readonly report: RemoteReport;

  constructor(report: RemoteReport, options?: ErrorOptions) {
    super(render(reportMessage(report, [...report.remote, ...report.local]), 'en'), options);
    this.name = 'RemoteFailure';
    this.report = report;
  }
}

/** One run of git. */
export interface GitReport extends RemoteReport {
  readonly code: number;
  readonly stdout: string;
}

/** What git says when a limit of ours has ended one of its processes. Signal 25 is that of files too long, in Linux. */
const TOO_MUCH_MEMORY = /out of memory|attempting to allocate|memory exhausted|mmap failed/i;
const TOO_LARGE = /died of signal 25\b|file too large/i;

/** What git says of its child when that was ended in the middle of a pack: by a signal, of which it says nothing. */
const ENDED_WITHOUT_WORDS = /^fatal: fetch-pack: invalid index-pack output$/;

function limitReached(code: number, lines: readonly string[]): Pick<RemoteReport, 'problem' | 'isTooLarge'> {
  const own = code === 0 ? [] : lines.filter((line) => !line.startsWith('remote:'));
  if (own.some((line) => TOO_MUCH_MEMORY.test(line))) return { problem: message('remote.tooMuchMemory') };
  const complaints = own.filter((line) => /^(fatal|error): /.test(line));
  const hasEndedSilently = complaints.length > 0 && complaints.every((line) => ENDED_WITHOUT_WORDS.test(line));
  const isTooLarge = hasEndedSilently || own.some((line) => TOO_LARGE.test(line));
  return isTooLarge ? { problem: message('remote.tooLarge'), isTooLarge } : {};
}

/** A run of git over SSH: every line may be of ssh, of the server or of git. */
export function sshReportOf({ code, stdout, stderr }: RunResult): GitReport {
  const lines = linesOf(stderr);
  const report = { code, stdout: stdout.toString('utf8'), remote: [], local: sshWords(lines), isSsh: true };
  return { ...report, ...limitReached(code, lines) };
}

/** Takes the traces out of what was printed, so that nothing of them can get further. */
export function reportOf({ code, stdout, stderr }: RunResult, proxy?: Proxy): GitReport {
  const lines = stderr.split(/[\r\n]+/);
  const said = lines.filter((line) => !TRACE_LINE.test(line));
  return {
    code,
    stdout: stdout.toString('utf8'),
    remote: said
      .flatMap((line) => (line.startsWith('remote:') ? line.slice('remote:'.length).trim() : []))
      .filter(Boolean),
    local: said.filter((line) => /^(fatal|error|ssh|Host key)/.test(line)),
    ...limitReached(code, said),
    ...((code === 0 ? undefined : proxyTrouble(said, proxy)) ?? httpAnswer(lines) ?? statusSaid(said)),
  };
}

/** What git says when a proxy does not let it through: its answer is none of the remote. */
function proxyTrouble(
  lines: readonly string[],
  proxy: Proxy | undefined,
): Pick<RemoteReport, 'problem' | 'proxyStatus'> | undefined {
  if (proxy === undefined) return undefined;
  const found = lines.map((line) => /CONNECT tunnel failed, response (\d{3})|HTTP code (\d{3}) from proxy/.exec(line));
  const status = found.map((match) => match?.[1] ?? match?.[2]).find(Boolean);
  const name = proxyName(proxy);
  const problem = proxyRefusal(name, status === undefined ? undefined : Number(status));
  if (problem !== undefined) return { problem, proxyStatus: Number(status) };
  if (lines.some((line) => /resolve proxy/i.test(line))) {
    return { problem: message('network.proxyUnreached', { proxy: name, problem: message('network.nameUnknown') }) };
  }
  const isUnreached = lines.some((line) => line.includes(`connect to ${proxy.host} port ${proxy.port}`));
  if (!isUnreached) return undefined;
  return { problem: message('network.proxyUnreached', { proxy: name, problem: message('network.refused') }) };
}

/** What of an answer over HTTP tells why it is a refusal. */
export type HttpAnswer = Pick<RemoteReport, 'status' | 'retryAfter' | 'location'>;

/** The last answer that is in the traces. */
function httpAnswer(lines: readonly string[]): HttpAnswer | undefined {
  let answer: { status?: number; retryAfter?: string; location?: string } | undefined;
  for (const line of lines) {
    const header = RECEIVED.exec(line.replace(TRACE_LINE, ''))?.[1];
    if (header === undefined) continue;
    const status = /^HTTP\/[\d.]+ (\d{3})/.exec(header)?.[1];
    if (status !== undefined) answer = { status: Number(status) };
    const [name = '', value = ''] = header.split(/:\s*(.*)/s);
    if (answer !== undefined && /^retry-after$/i.test(name)) answer.retryAfter = value.trim();
    if (answer !== undefined && /^location$/i.test(name)) answer.location = value.trim();
  }
  return answer;
}

/** Without traces: the status that git names itself. */
function statusSaid(lines: readonly string[]): HttpAnswer | undefined {
  const status = lines.map((line) => /requested URL returned error: (\d{3})/.exec(line)?.[1]).find(Boolean);
  if (status !== undefined) return { status: Number(status) };
  return lines.some((line) => line.startsWith('fatal: Authentication failed')) ? { status: 401 } : undefined;
}

/** What the remote says, or git and we where it says nothing: one line, limited, without credentials in URLs. */
export function wordsOf(report: RemoteReport, more: readonly string[] = []): Message {
  const { remote, local } = report;
  return remote.length > 0
    ? reportMessage({ ...report, problem: undefined }, [...remote, ...more])
    : reportMessage(report, [...local, ...more]);
}

/** What is wrong in our words, and these lines; the status where nothing was said. */
export function reportMessage(
  { problem, status }: { readonly problem?: Message | undefined; readonly status?: number },
  lines: readonly string[],
): Message {
  const said = words(lines);
  const each = [...(problem === undefined ? [] : [problem]), ...(said === '' ? [] : [quoted(said)])];
  const [first] = each;
  if (first !== undefined) return each.length === 1 ? first : message('Several', { each });
  return status === undefined ? message('remote.endedWithoutReason') : message('remote.status', { status });
}

/** What was printed, without empty lines; a carriage return ends one too, as progress does. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}

export function words(lines: readonly string[]): string {
  // The sentence that they come to stand in has a full stop of its own.
  return oneLine(lines.join('; ').replace(/\/\/[^/@\s]*@/g, '//'), MAXIMUM_WORDS).replace(/\.$/, '');
}
