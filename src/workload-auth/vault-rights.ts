import type { PolicyRule } from '../vault/index.ts';
import { fixedPrefix } from './roles.ts';

/**
 * What the server needs to set up logins of workloads itself. The path of a cluster's auth method is its name,
 * so this cannot be narrowed to a folder; the allowed parameters keep it from being a privilege escalation.
 * @param policyTemplate template of the policy names that roles get
 * @param ownAuthMount where the server itself logs in: it must not change that
 */
export function workloadAuthPolicy(policyTemplate: string, ownAuthMount: string): readonly PolicyRule[] {
  return [
    {
      comment:
        'Enabling the Kubernetes auth method at auth/<cluster>, and disabling it when the cluster is deleted.\n' +
        'This reaches every auth method: add a deny, as at the end, for each that people log in by (oidc, ldap …).',
      path: 'sys/auth/+',
      capabilities: ['create', 'update', 'delete', 'sudo'],
      allowedParameters: { type: ['kubernetes'], description: [] },
    },
    {
      comment: 'Where the cluster is and which authority it has. A reviewer token is never set.',
      path: 'auth/+/config',
      capabilities: ['create', 'read', 'update'],
      allowedParameters: { kubernetes_host: [], kubernetes_ca_cert: [], disable_local_ca_jwt: [] },
    },
    {
      comment:
        'The roles of its workloads. They hand out policies of these names only, one at a time (no comma): write what\n' +
        'workloads may read into policies of these names, and give no other policy such a name.',
      path: 'auth/+/role/+',
      capabilities: ['create', 'read', 'update'],
      allowedParameters: {
        bound_service_account_names: [],
        bound_service_account_namespaces: [],
        token_policies: [`${fixedPrefix(policyTemplate)}*`],
        token_ttl: [],
      },
      deniedParameters: { token_policies: ['*,*'] },
    },
    ...(ownAuthMount === ''
      ? []
      : [
          deny(`sys/auth/${ownAuthMount}`, 'The way in of this server is not its own to change.'),
          deny(`auth/${ownAuthMount}/*`, 'Nor what is behind it.'),
        ]),
  ];
}

function deny(path: string, comment: string): PolicyRule {
  return { comment, path, capabilities: ['deny'] };
}
