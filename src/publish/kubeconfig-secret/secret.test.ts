import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import { parseYaml } from '../../base/yaml.ts';
import { listAt, textAt } from '../../kube-objects/kube-object.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { readyWorker } from '../testing/published-cluster.ts';
import { clusterApiSecret } from './secret.ts';

const credential = {
  binding: { ...readyWorker.binding, cluster: 'one', incarnation: 'x' },
  material: new Secret<CredentialMaterial>({ kind: 'token', token: 'consumer-token' }),
};

describe('the Secret of Cluster API', () => {
  it('has the name, type, label and key that Cluster API gives it', () => {
    const secret = clusterApiSecret(readyWorker, 'capi', credential);
    assert.equal(secret.metadata.name, 'one-kubeconfig');
    assert.equal(secret['type'], 'cluster.x-k8s.io/secret');
    assert.equal(secret.metadata.labels?.['cluster.x-k8s.io/cluster-name'], 'one');
    const kubeconfig = parseYaml(decoded(secret['data'], 'value'));
    const [user] = listAt(kubeconfig, 'users');
    assert.equal(textAt(user, 'user', 'token'), 'consumer-token');
  });
});

function decoded(data: unknown, key: string): string {
  return Buffer.from(textAt(data, key), 'base64').toString('utf8');
}
