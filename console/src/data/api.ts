import { language, languageTag } from '../app/language.ts';
import { t } from '../texts/index.ts';
import { parseSafely } from './safe-json.ts';

/** What a request of the console has failed with, in words for people. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** In capitals, e.g. `CLUSTER_NOT_FOUND`. */
  readonly reason: string;
  readonly remedy: string;
  readonly action: ActionData | undefined;
  readonly violations: readonly Violation[];
  readonly requestId: string;
  /** When it may work again, in milliseconds from then. */
  readonly retryAfter: number | undefined;

  constructor(message: string, facts: Partial<Omit<ApiFailure, 'name' | 'message'>>) {
    super(message);
    this.status = facts.status ?? 0;
    this.reason = facts.reason ?? '';
    this.remedy = facts.remedy ?? '';
    this.action = facts.action;
    this.violations = facts.violations ?? [];
    this.requestId = facts.requestId ?? '';
    this.retryAfter = facts.retryAfter;
  }
}

export interface ActionData {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Violation {
  readonly field: string;
  readonly message: string;
  readonly remedy?: string;
  readonly action?: ActionData | undefined;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Headers of every request: the cookie counts only with the first. */
export function consoleHeaders(): Readonly<Record<string, string>> {
  return { 'x-nautes-console': '1', 'accept-language': languageTag(language()) };
}

let onSessionEnd = (): void => {};

/** What happens when the server knows the session no more. */
export function whenSessionEnds(then: () => void): void {
  onSessionEnd = then;
}

export function sessionEnded(): void {
  onSessionEnd();
}

/**
 * The content of a reply, of our own server on the same origin.
 * @throws ApiFailure
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', body, headers, signal } = options;
  const reply = await send(path, {
    method,
    headers: {
      ...consoleHeaders(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    credentials: 'same-origin',
  });
  const text = await reply.text();
  if (reply.ok) return (text === '' ? undefined : parseSafely(text)) as T; // of our own server
  throw failureOf(reply, text);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFailure(t('failure.networkAction'), { status: 0 });
  }
}

interface ErrorBody {
  readonly reason?: string;
  readonly message?: string;
  readonly action?: ActionData;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
}

function failureOf(reply: Response, text: string): ApiFailure {
  const body = errorBody(text);
  const seconds = Number(reply.headers.get('retry-after') ?? '');
  return new ApiFailure(body.message ?? `HTTP ${reply.status}`, {
    status: reply.status,
    reason: body.reason ?? '',
    remedy: body.metadata?.['remedy'] ?? '',
    action: body.action,
    violations: body.violations ?? [],
    requestId: body.metadata?.['request_id'] ?? reply.headers.get('x-request-id') ?? '',
    retryAfter: seconds > 0 ? seconds * 1000 : undefined,
  });
}

function errorBody(text: string): ErrorBody {
  try {
    const parsed = parseSafely(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
