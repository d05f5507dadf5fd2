import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { removalCommand } from '../../kube-objects/removal-command.ts';
import { renderAction } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import { KubeApiError } from './kube-error.ts';
import { objectErrorOf } from './object-error.ts';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  namespace: '',
  name: 'widgets.example.test',
};

function refusal(httpStatus: number, peerMessage: string): KubeApiError {
  const rest = { causes: [], retryAfterMilliseconds: undefined, isStatus: true };
  return new KubeApiError({ httpStatus, kubernetesReason: 'Invalid', peerMessage, ...rest });
}

/** Everything that can be said of a definition that is in the way or cannot be written. */
const errors: readonly unknown[] = [
  refusal(422, 'spec.scope: field is immutable'),
  refusal(422, 'status.storedVersions: must appear in spec.versions'),
  refusal(403, 'admission webhook denied the request'),
  refusal(409, 'the object has been modified'),
  refusal(500, 'something failed'),
].map((error) => objectErrorOf(error, definition));

describe('what is said of a definition that cannot be written', () => {
  const object = 'CustomResourceDefinition widgets.example.test';
  const all = [
    ...errors,
    new NautesError('DefinitionNamesConflict', { object }),
    new NautesError('ObjectOfOtherComponent', { object, owner: 'other' }),
    new NautesError('ObjectTerminating', { object, what: message('Terminating.underWay') }),
  ];

  it('never tells people to delete it: its instances would go with it', () => {
    for (const error of all) {
      if (!(error instanceof NautesError) || error.action === undefined) continue;
      for (const reader of ['api', 'cli', 'console'] as const) {
        const [english, chinese] = [renderAction(error.action, reader, 'en'), renderAction(error.action, reader, 'zh')];
        assert.doesNotMatch(english ?? '', /\b(delete|remove)\b/i, error.reason);
        assert.doesNotMatch(chinese ?? '', /请删除|移除/, error.reason);
      }
    }
  });

  it('has a command that asks for instances before it deletes', () => {
    assert.match(
      removalCommand(definition),
      /^found=\$\(kubectl get widgets\.example\.test .*\) && \[ -z "\$found" \] && /,
    );
  });
});
