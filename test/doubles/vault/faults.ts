/** What a double of Vault does wrong on demand. All of it can be changed while it runs. */
export class VaultFaults {
  sealed = false;
  uninitialized = false;
  /** It is a standby and sends everybody to this address; empty: there is no active node to send them to. */
  standby: string | undefined;
  /** Audit devices cannot be written to: requests fail, or wait. */
  audit: 'fails' | 'hangs' | undefined;
  /** Paths (with a method before, as `POST cluster/data/a`) that nobody may use, whatever the policies say. */
  readonly denied: RegExp[] = [];
  /** Every request is one too many. */
  throttled = false;
  /** Status of the answer to everything but the health check, with a body that is not Vault's. */
  broken: number | undefined;
  /** Called before a request is carried out, e.g. to get in somebody's way; a throw becomes the answer. */
  onRequest: ((method: string, path: string) => void | Promise<void>) | undefined;
}
