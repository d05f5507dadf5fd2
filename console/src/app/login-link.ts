const PREFIX = '#link=';

/** The code of a login link. It leaves the address before anything else reads that. */
let code = codeOf(location.hash);
if (code !== undefined) history.replaceState(null, '', location.pathname + location.search);
// The link was opened where the page stands already.
addEventListener('hashchange', () => codeOf(location.hash) !== undefined && location.reload());

function codeOf(hash: string): string | undefined {
  return hash.startsWith(PREFIX) ? hash.slice(PREFIX.length) : undefined;
}

/** The code that the page was opened with, once. */
export function takeLoginLink(): string | undefined {
  const taken = code;
  code = undefined;
  return taken;
}
