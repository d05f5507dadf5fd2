type Members = Readonly<Record<string, unknown>>;

const REDACTED = '[redacted]';

/** What would be sent, fit to be shown. */
export function withoutSecrets(body: Members): Members {
  return body['kubeconfig'] === undefined || body['kubeconfig'] === '' ? body : { ...body, kubeconfig: REDACTED };
}

/** What was printed by {@link withoutSecrets}, without the mark: a save keeps the stored credential. */
export function withoutRedacted(body: Members): Members {
  return body['kubeconfig'] === REDACTED ? { ...body, kubeconfig: '' } : body;
}
