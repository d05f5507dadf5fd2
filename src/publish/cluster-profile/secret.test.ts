import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import { parseYaml } from '../../base/yaml.ts';
import { textAt, valueAt } from '../../kube-objects/kube-object.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { readyWorker } from '../testing/published-cluster.ts';
import { profileSecret } from './secret.ts';

const credential = {
  binding: { ...readyWorker.binding, cluster: 'one', incarnation: 'x' },
  material: new Secret<CredentialMaterial>({ kind: 'token', token: 'consumer-token' }),
};

describe('the Secret of a ClusterProfile', () => {
  it('has the token of one plugin and the kubeconfig of the other, without extensions', () => {
    const secret = profileSecret(readyWorker, 'fleet', credential);
    assert.equal(secret.metadata.name, 'one-clusterprofile');
    assert.equal(secret['type'], 'Opaque');
    assert.equal(decoded(secret['data'], 'token'), 'consumer-token');
    const kubeconfig = parseYaml(decoded(secret['data'], 'value'));
    assert.equal(valueAt(kubeconfig, 'extensions'), undefined);
    assert.equal(textAt(kubeconfig, 'current-context'), 'one');
  });
});

function decoded(data: unknown, key: string): string {
  return Buffer.from(textAt(data, key), 'base64').toString('utf8');
}
