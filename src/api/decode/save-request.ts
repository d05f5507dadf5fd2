import { Type } from 'typebox';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { Violation } from '../../errors/violation.ts';
import { SaveClusterBody } from '../../contract/schemas/cluster.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { SaveQuery } from '../../contract/schemas/queries.ts';
import { decodeBody } from './body.ts';
import type { WireMessage, SpellingConflict } from './message.ts';
import { bindQuery, type QueryValues } from './query.ts';
import { draftOf } from './draft.ts';
import { nameViolations, schemaViolations, validationError } from './violations.ts';

/** The message of the original that a save's path, query and body are bound to. */
const SaveClusterRequest = Type.Object({ ...SaveQuery.properties, body: SaveClusterBody });

export interface SaveRequest {
  readonly draft: ClusterDraft;
  readonly skipCheck: boolean;
  readonly takeOver: boolean;
  readonly warnings: readonly Message[];
}

/** A save whose shape was checked and may be wrong. */
export interface ReadSaveRequest extends SaveRequest {
  /** Breaches of the rules that stand in the schema. */
  readonly ofSchema: readonly Violation[];
  readonly others: readonly Violation[];
}

/** Binds body, then query, then validates the shape. @throws Codec, Validator (with all violations) */
export function decodeSaveRequest(
  name: string,
  body: Buffer,
  contentType: string | undefined,
  query: QueryValues,
): SaveRequest {
  const { ofSchema, others, ...request } = readSaveRequest(name, body, contentType, query);
  if (ofSchema.length + others.length > 0) throw validationError(ofSchema, others);
  return request;
}

/** {@link decodeSaveRequest} for callers that also use an invalid request. @throws Codec */
export function readSaveRequest(
  name: string,
  body: Buffer,
  contentType: string | undefined,
  query: QueryValues,
): ReadSaveRequest {
  const decoded = decodeBody(body, contentType, SaveClusterBody);
  const request: WireMessage = { body: decoded.message };
  bindQuery(request, SaveClusterRequest, query);
  const { draft, violations, warnings } = draftOf(clusterKind, decoded.message);
  const ofSchema = schemaViolations(decoded.message, SaveClusterBody);
  const empty = body.length === 0 && ofSchema.length > 0 ? [EMPTY_BODY] : [];
  return {
    draft,
    skipCheck: request.insecure_skip_check === true,
    takeOver: request.take_over === true,
    warnings: [...decoded.warnings, ...warnings],
    ofSchema,
    others: [...empty, ...decoded.conflicts.map(conflictViolation), ...violations, ...nameViolations(name)],
  };
}

const EMPTY_BODY: Violation = { field: '', said: message('Validator.emptyBody'), action: action('SendCluster') };

function conflictViolation({ field, spellings }: SpellingConflict): Violation {
  const said = message('Validator.conflict', { left: spellings[0], right: spellings[1] });
  return { field, said, action: action('GiveOneOfBoth') };
}
