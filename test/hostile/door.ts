import { Behind } from './behind.ts';
import { HttpPeer } from './http-peer.ts';
import type { Lie } from './lie.ts';
import type { HostilePeer } from './peer.ts';

/** A peer that lies in front of an honest one over plain HTTP, which stays the caller's to close. */
export async function startHostileDoor(url: string): Promise<HostilePeer> {
  const behind = new Behind({ url, certificateAuthority: '' });
  const peer = await HttpPeer.start({ honesty: behind, tls: false });
  return {
    url: peer.url,
    certificateAuthority: '',
    get requests() {
      return peer.requests;
    },
    misbehave: (...lies: readonly Lie[]) => peer.misbehave(...lies),
    close: async () => {
      await peer.close();
      behind.close();
    },
  };
}
