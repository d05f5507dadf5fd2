import { Type } from 'typebox';
import { count, flag, oneOf, section, text } from './setting.ts';

/** The section `management`: where the management cluster is, and what is published there. */
export const managementSettings = section({
  kubeconfig: text(
    'Kubeconfig of the management cluster: a file with the credential in it; it is read again while the server runs.',
  ),
  inCluster: flag('Whether the management cluster is the one that this server runs in as a Pod.', false),
  cluster: text(
    'Name of a registered cluster that is the management cluster; it has publications, and state cannot be stored there.',
  ),
  serviceAccountDirectory: text(
    'Folder with token and ca.crt of the service account, for management.inCluster.',
    '/var/run/secrets/kubernetes.io/serviceaccount',
  ),
  namespace: text('Namespace of the objects that this installation keeps in the management cluster.', 'nautes'),
  former: Type.Array(Type.String(), {
    description:
      'Kubeconfigs of management clusters of before: what was published there is withdrawn. A registered cluster needs ' +
      'no mention.',
    default: [],
  }),
  publish: section({
    when: oneOf(
      'When a cluster is published for the first time: as soon as it is ready, or as soon as it is reached and this ' +
        'server has its own account there.',
      ['Ready', 'Reachable'],
      'Ready',
    ),
    argocd: section({
      enabled: flag('Whether each cluster gets a cluster Secret for Argo CD, with an account of its own.', false),
      namespace: text('Namespace of Argo CD.', 'argocd'),
      tokenSeconds: count(
        "Requested lifetime of Argo CD's tokens on clusters; each renewal makes Argo CD list everything there again.",
        7_776_000,
        3_600,
        315_360_000,
      ),
    }),
    clusterProfiles: section({
      namespaces: Type.Array(Type.String(), {
        description:
          'Namespaces in each of which every cluster gets a ClusterProfile; each of its consumers reads its own. Empty: ' +
          'none. Never that of Argo CD, where another controller would make a second cluster Secret from it.',
        default: [],
      }),
      manager: text(
        'Name of the cluster manager in ClusterProfiles; those of other managers are not touched.',
        'nautes',
      ),
      credentials: flag(
        'Whether a Secret for the reference plugins is beside each ClusterProfile, with an account of its own.',
        false,
      ),
      tokenSeconds: count('Requested lifetime of the tokens in these Secrets.', 7_776_000, 3_600, 315_360_000),
    }),
    clusterObject: section({
      mode: oneOf(
        'Whether every cluster is a Cluster object there: object makes it, status writes only the status of objects ' +
          'that another program makes from the repository.',
        ['none', 'object', 'status'],
        'none',
      ),
      namespace: text('Namespace of Cluster objects.', 'nautes'),
    }),
    kubeconfigSecret: section({
      namespace: text(
        'Namespace in which every cluster gets a Secret with a kubeconfig as Cluster API has it, with an account of ' +
          'its own; empty: none.',
      ),
      tokenSeconds: count('Requested lifetime of the tokens in these Secrets.', 7_776_000, 3_600, 315_360_000),
    }),
  }),
});
