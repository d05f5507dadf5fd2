import type { FastifyInstance } from 'fastify';
import { NautesError } from '../../errors/errors.ts';

/** Kinds of the original's API besides clusters, by the path of their list. */
const KINDS: Readonly<Record<string, string>> = {
  '/api/v1/products': 'Product',
  '/api/v1/products/:product_name/projects': 'Project',
  '/api/v1/products/:product_name/coderepos': 'CodeRepo',
  '/api/v1/products/:product_name/coderepobindings': 'CodeRepoBinding',
  '/api/v1/products/:product_name/environments': 'Environment',
  '/api/v1/products/:product_name/deploymentruntimes': 'DeploymentRuntime',
  '/api/v1/products/:product_name/projectpipelineruntimes': 'ProjectPipelineRuntime',
};

/**
 * Answers 501 for the kinds of the original that are not implemented: a plain 404 would look like a wrong URL.
 * Nothing of a body is read. The application authenticates.
 */
export function refuseOriginalKinds(app: FastifyInstance): void {
  for (const [list, kind] of Object.entries(KINDS)) {
    const refuse = async (): Promise<never> => {
      throw new NautesError('KindNotImplemented', { kind });
    };
    const variable = kind === 'Product' ? 'product_name' : 'name';
    app.route({ method: 'GET', url: list, onRequest: refuse, handler: refuse });
    app.route({ method: ['GET', 'POST', 'DELETE'], url: `${list}/:${variable}`, onRequest: refuse, handler: refuse });
  }
}
