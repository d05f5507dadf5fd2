import { MAXIMUM_VALUES_AT_ONCE, UnsliceableJson } from '../../base/network/json-slices.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';

/** The error of an answer that could not be parsed. */
export function invalidJson(address: string, cause: unknown): NautesError {
  const problem =
    cause instanceof UnsliceableJson
      ? message('ClusterResponseInvalid.values', { limit: MAXIMUM_VALUES_AT_ONCE })
      : message('ClusterResponseInvalid.json');
  return new NautesError('ClusterResponseInvalid', { address, problem }, { cause });
}
