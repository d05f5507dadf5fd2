import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Facts } from '../../../../../render/facts.ts';
import { loginOf } from './login.ts';

const definition = {
  name: 'argocd',
  login: {
    url: 'https://${additions.host}:${gateway.httpsNodePort}',
    user: 'admin',
    secret: { name: 'first-password', key: 'password' },
    service: { name: 'argocd-server', port: 80 },
  },
};
const choice = { namespace: 'argocd' };

describe('the login of a component', () => {
  it('has its address, its user and the commands for the namespace that it is in', () => {
    const facts = { 'additions.host': 'argocd.example.com', 'gateway.httpsNodePort': '30443' };
    assert.deepEqual(loginOf(definition, choice, facts), {
      url: 'https://argocd.example.com:30443',
      user: 'admin',
      passwordCommand:
        "kubectl --namespace argocd get secret first-password --output jsonpath='{.data.password}' | base64 --decode",
      forwardCommand: 'kubectl --namespace argocd port-forward service/argocd-server 8080:80',
      forwardUrl: 'http://localhost:8080',
    });
  });

  it('has no address while a fact of it is missing or empty', () => {
    const unknown: readonly Facts[] = [{}, { 'additions.host': 'a', 'gateway.httpsNodePort': '' }];
    for (const facts of unknown) {
      assert.equal(loginOf(definition, choice, facts)?.url, '');
    }
  });

  it('is none where the catalogue does not describe one', () => {
    assert.equal(loginOf({ name: 'traefik' }, choice, {}), undefined);
  });
});
