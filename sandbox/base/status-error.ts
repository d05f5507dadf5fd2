import type { JsonObject, JsonValue } from './json.ts';
import { qualifiedName } from './names.ts';

/** A reason for a failure within one request, as in `Status.details.causes`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

interface StatusOptions {
  readonly reason?: string;
  readonly details?: JsonObject;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A failed request: a `Status` object on the wire. The messages are those of the API server. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: JsonObject | undefined;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, message: string, options: StatusOptions = {}) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = options.reason;
    this.details = options.details;
    this.causes = options.causes ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  toStatus(): JsonObject {
    const causes: JsonValue[] = this.causes.map((cause) => ({ ...cause }));
    const details: JsonObject = {
      ...this.details,
      ...(causes.length === 0 ? {} : { causes }),
      ...(this.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.retryAfterSeconds }),
    };
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(Object.keys(details).length === 0 ? {} : { details }),
      code: this.code,
    };
  }
}

/** A path that nothing serves: answered with `404 page not found` as plain text. */
export class PathNotFoundError extends Error {
  constructor() {
    super('404 page not found');
    this.name = 'PathNotFoundError';
  }
}

/** The resource of an error message. */
interface Named {
  readonly group: string;
  readonly plural: string;
}

function detailsOf(resource: Named, name: string): JsonObject {
  const group = resource.group === '' ? {} : { group: resource.group };
  return { ...(name === '' ? {} : { name }), ...group, kind: resource.plural };
}

export function notFound(resource: Named, name: string): StatusError {
  return new StatusError(404, `${qualifiedName(resource)} ${JSON.stringify(name)} not found`, {
    reason: 'NotFound',
    details: detailsOf(resource, name),
  });
}

export function alreadyExists(resource: Named, name: string): StatusError {
  return new StatusError(409, `${qualifiedName(resource)} ${JSON.stringify(name)} already exists`, {
    reason: 'AlreadyExists',
    details: detailsOf(resource, name),
  });
}

export function conflict(resource: Named, name: string, problem: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} ${JSON.stringify(name)}: ${problem}`;
  return new StatusError(409, message, { reason: 'Conflict', details: detailsOf(resource, name) });
}

export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** A violation of one field of an invalid object. */
export interface FieldProblem {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueNotSupported';
  readonly field: string;
  /** With its prefix, as in `Invalid value: 80: provided port is already allocated`. */
  readonly message: string;
}

export function invalid(
  resource: { readonly group: string; readonly kind: string },
  name: string,
  problems: readonly FieldProblem[],
): StatusError {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = problems.map((problem) => `${problem.field}: ${problem.message}`);
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const group = resource.group === '' ? {} : { group: resource.group };
  return new StatusError(422, `${kind} ${JSON.stringify(name)} is invalid: ${text}`, {
    reason: 'Invalid',
    details: { name, ...group, kind: resource.kind },
    causes: problems,
  });
}

export function forbidden(
  resource: Named,
  name: string,
  problem: string,
  causes: readonly StatusCause[] = [],
): StatusError {
  const subject = name === '' ? qualifiedName(resource) : `${qualifiedName(resource)} ${JSON.stringify(name)}`;
  return new StatusError(403, `${subject} is forbidden: ${problem}`, {
    reason: 'Forbidden',
    details: detailsOf(resource, name),
    causes,
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, message, { reason: 'BadRequest' });
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', { reason: 'Unauthorized' });
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  });
}

/** The server's answer for something below a known group version that it does not serve. */
export function resourceNotServed(): StatusError {
  return new StatusError(404, 'the server could not find the requested resource', { reason: 'NotFound', details: {} });
}

export function expired(message: string): StatusError {
  return new StatusError(410, message, { reason: 'Expired' });
}

export function internalError(problem: string): StatusError {
  return new StatusError(500, `Internal error occurred: ${problem}`, {
    reason: 'InternalError',
    causes: [{ reason: 'InternalError', message: problem }],
  });
}

export function tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return new StatusError(429, message, { reason: 'TooManyRequests', retryAfterSeconds });
}
