import { exceededJsonLimit, type JsonLimits } from '../../base/network/json-shape.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A version, a review, a token, the Status of a failure. */
export const MAXIMUM_STATUS_BYTES = 256 * KIB;
/** One object as JSON: etcd takes 1.5 MiB, JSON and managed fields are above that. */
export const MAXIMUM_OBJECT_BYTES = 4 * MIB;
/** One page of a list. */
export const MAXIMUM_PAGE_BYTES = 16 * MIB;
/** One of the two discovery documents; that of a cluster with 1,000 kinds has 1 MB. */
export const MAXIMUM_DISCOVERY_BYTES = 8 * MIB;

/** Arrays and objects inside each other in one answer; the schema of a definition has 60 in the field. */
export const MAXIMUM_ANSWER_DEPTH = 200;
/** Elements, members, arrays and objects in one answer: parsed, each takes up to 100 bytes. */
export const MAXIMUM_ANSWER_VALUES = 1_000_000;

const SHAPE: JsonLimits = { depth: MAXIMUM_ANSWER_DEPTH, values: MAXIMUM_ANSWER_VALUES };

/** @throws NautesError `ClusterResponseInvalid` when parsing the text would take more memory than an answer may */
export function checkShape(text: Uint8Array, address: string): void {
  const exceeded = exceededJsonLimit(text, SHAPE);
  if (exceeded === undefined) return;
  const problem = message(`ClusterResponseInvalid.${exceeded}`, { limit: SHAPE[exceeded] });
  throw new NautesError('ClusterResponseInvalid', { address, problem });
}
