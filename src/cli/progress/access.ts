import type { StatusView } from '../../contract/views.ts';
import type { Invocation } from '../invocation/invocation.ts';

/** Where the gateway of a ready cluster answers, and how people get into its components. */
export function tellAccess({ terminal, texts }: Invocation, status: StatusView): void {
  const { output } = texts;
  if (status.entryPoints.length > 0) terminal.tell(output.entryPoints(status.entryPoints.join(', ')));
  terminal.say(loginLines({ texts }, status));
}

/** How people get into the components that are ready, a line after the other; commands stand apart to be copied. */
export function loginLines(
  { texts: { output } }: Pick<Invocation, 'texts'>,
  { components }: StatusView,
): readonly string[] {
  return components.flatMap(({ name, phase, login }) => {
    if (login === undefined || phase !== 'Ready') return [];
    const { url, user, passwordCommand, forwardCommand, forwardUrl } = login;
    return [
      url === '' ? output.loginWithoutAddress(name, user) : output.loginAt(name, url, user),
      ...(passwordCommand === '' ? [] : [output.loginPassword, `  ${passwordCommand}`]),
      ...(forwardCommand === '' ? [] : [output.loginForward(forwardUrl), `  ${forwardCommand}`]),
    ];
  });
}
