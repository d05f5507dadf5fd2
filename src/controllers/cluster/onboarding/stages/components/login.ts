import type { ComponentDefinition } from '../../../../../catalog/definition.ts';
import { placeholdersIn } from '../../../../../catalog/template.ts';
import { type Facts, fillIn, isSet } from '../../../../../render/facts.ts';
import type { ComponentStatus } from '../../../../../resources/cluster/cluster-status.ts';
import type { ComponentChoice } from '../../../../../resources/cluster/components.ts';

/** Where a forwarded port answers on the machine of who forwards it. */
const LOCAL_PORT = 8080;

/** How people get into a component of a cluster; `undefined` when its catalogue entry does not describe it. */
export function loginOf(
  { login, name: component }: Pick<ComponentDefinition, 'login' | 'name'>,
  { namespace }: Pick<ComponentChoice, 'namespace'>,
  facts: Facts,
): ComponentStatus['login'] {
  if (login === undefined) return undefined;
  const { url = '', user = '', secret, service } = login;
  const isKnown = placeholdersIn(url).every(({ fact }) => isSet(fact, facts));
  const inNamespace = `kubectl --namespace ${namespace}`;
  return {
    url: isKnown ? String(fillIn(url, facts, component)) : '',
    user,
    passwordCommand:
      secret === undefined
        ? ''
        : `${inNamespace} get secret ${secret.name} --output jsonpath='{.data.${secret.key}}' | base64 --decode`,
    forwardCommand:
      service === undefined ? '' : `${inNamespace} port-forward service/${service.name} ${LOCAL_PORT}:${service.port}`,
    forwardUrl: service === undefined ? '' : `http://localhost:${LOCAL_PORT}`,
  };
}
