import { startTestServer, type TestServer } from '../../../src/api/testing/test-server.ts';
import { Behind } from '../behind.ts';
import { HttpPeer } from '../http-peer.ts';
import type { HostilePeer } from '../peer.ts';

/** A server that the command line talks to and that lies: the API on a registry in memory, with a door in front. */
export interface HostileServer extends HostilePeer {
  /** What it is when it is honest. */
  readonly honest: TestServer;
}

/** Starts one, without TLS; honest until it is told otherwise. */
export async function startHostileServer(): Promise<HostileServer> {
  const honest = await startTestServer();
  const behind = new Behind({ url: `http://127.0.0.1:${honest.port}`, certificateAuthority: '' });
  const peer = await HttpPeer.start({ honesty: behind, tls: false });
  return {
    honest,
    certificateAuthority: '',
    get url() {
      return peer.url;
    },
    get requests() {
      return peer.requests;
    },
    misbehave: (...lies) => peer.misbehave(...lies),
    close: async () => {
      await peer.close();
      behind.close();
      await honest[Symbol.asyncDispose]();
    },
  };
}
