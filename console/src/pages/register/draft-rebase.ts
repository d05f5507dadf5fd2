import type { ClusterDraft } from './cluster-draft.ts';

/**
 * The form on top of another state: what was changed in it keeps its value, the rest is as it stands there.
 * @param began what the form began with
 * @param now what stands there
 */
export function rebased(draft: ClusterDraft, began: ClusterDraft, now: ClusterDraft): ClusterDraft {
  return {
    ...draft,
    use: chosen(draft.use, began.use, now.use),
    address: chosen(draft.address, began.address, now.address),
    domain: chosen(draft.domain, began.domain, now.domain),
    host: chosen(draft.host, began.host, now.host),
    nodePort: chosen(draft.nodePort, began.nodePort, now.nodePort),
    choices: merged(draft.choices, began.choices, now.choices),
    settings: merged(draft.settings, began.settings, now.settings),
  };
}

function chosen<Value>(own: Value, began: Value, now: Value): Value {
  return own === began ? now : own;
}

type Fields<Value> = Readonly<Record<string, Value>>;

function merged<Value>(own: Fields<Value>, began: Fields<Value>, now: Fields<Value>): Fields<Value> {
  const names = new Set([...Object.keys(now), ...Object.keys(own)]);
  const result: Record<string, Value> = {};
  for (const name of names) {
    const value = chosen(own[name], began[name], now[name]);
    if (value !== undefined) result[name] = value;
  }
  return result;
}
