import type { OlderSpellings } from '../kind.ts';
import { portSchema } from './node-port-field.ts';

type Body = Readonly<Record<string, unknown>>;

const isWorker = ({ usage }: Body): boolean => usage === 'worker';
const isPipelineWorker = (body: Body): boolean => isWorker(body) && body['worker_type'] === 'pipeline';

/** A virtual worker of type deployment is reached through the gateway of its host. */
const hasGateway = (body: Body): boolean =>
  !(isWorker(body) && body['cluster_type'] === 'virtual' && !isPipelineWorker(body));

const host = (description: string) => ({ type: 'string', description, deprecated: true });

/** Spellings of versions 0.2 and 0.3 of the original in saves, in the order in which they are read. */
export const olderSpellings: OlderSpellings = {
  properties: {
    argocd_host: host('See `components_list.deployment.additions.host`.'),
    tekton_host: host('See `components_list.pipeline.additions.host`.'),
    traefik: {
      type: 'object',
      description: 'Of 0.2 and 0.3.',
      deprecated: true,
      properties: {
        http_node_port: { ...portSchema, description: 'See `components_list.gateway.additions.httpNodePort`.' },
        https_node_port: { ...portSchema, description: 'See `components_list.gateway.additions.httpsNodePort`.' },
      },
    },
  },
  rules: [
    { from: 'components_list.ingress_controller', to: 'components_list.gateway' },
    {
      from: 'traefik.http_node_port',
      to: 'components_list.gateway.additions.httpNodePort',
      applies: hasGateway,
    },
    {
      from: 'traefik.https_node_port',
      to: 'components_list.gateway.additions.httpsNodePort',
      applies: hasGateway,
    },
    { from: 'argocd_host', to: 'components_list.deployment.additions.host', applies: isWorker },
    { from: 'tekton_host', to: 'components_list.pipeline.additions.host', applies: isPipelineWorker },
    { from: 'components_list.cert_mgt' },
    { from: 'components_list.secret_mgt' },
  ],
};
