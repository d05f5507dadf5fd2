import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlLoop } from '../harness/control-loop.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** How often these are asked for hangs on how soon the workloads become ready. */
const LOOKS = /^(get|list) (deployments\.apps|statefulsets\.apps|pods|\/apis)$/;

/** What was read before serves for some seconds: on a busy machine these are asked for again, and count at least so often. */
const SHARED_READS = /^(get \/api|get namespaces|list .*)$/;

/** Of a save and of the run that installs the stand-ins, besides the objects. */
const READS: Readonly<Record<string, number>> = {
  'create namespaces': 1, // ours, which is made by one alone
  'create selfsubjectaccessreviews.authorization.k8s.io': 1, // save: the rights
  'create serviceaccounts/token': 1,
  'create services': 2, // save: the range of the node ports, and whether they are free
  'get /api': 1, // save; the run knows it from there
  'get /version': 2, // save, and the run
  'get namespaces': 2, // the identity: of the run, and by the new token before it is put in use
  'get services': 1, // entry points
  'list clusterrolebindings.rbac.authorization.k8s.io': 2, // save: what is foreign; run: what is there
  'list clusterroles.rbac.authorization.k8s.io': 2,
  'list customresourcedefinitions.apiextensions.k8s.io': 2,
  'list ingressclasses.networking.k8s.io': 2,
  'list mutatingwebhookconfigurations.admissionregistration.k8s.io': 2,
  'list namespaces': 2,
  'list secrets': 1, // other tokens of our account
  'list validatingwebhookconfigurations.admissionregistration.k8s.io': 2,
};

/** Server-side applies that leave no object: the dry run of a save, and the Secret to which the token is bound. */
const OTHER_PATCHES = 2;

describe('registering a cluster', () => {
  const cluster = newClusters({ clusters: 1 });

  it('sends no request but these, and one for each object', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 24 * 3_600_000 } });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    const counted = Object.entries(target.counters.requests).filter(([request]) => !LOOKS.test(request));
    const [patches, others] = [true, false].map((isPatch) =>
      counted.filter(([request]) => request.startsWith('patch ') === isPatch),
    );
    const counts = (others ?? []).map(([request, count]) => {
      const least = READS[request] ?? 0;
      return [request, SHARED_READS.test(request) && count > least ? least : count];
    });
    assert.deepEqual(Object.fromEntries(counts), READS);
    const objects = await loop.inventory('one', incarnation);
    const sent = (patches ?? []).reduce((sum, [, count]) => sum + count, 0);
    assert.equal(sent, objects.length + OTHER_PATCHES);
  });
});
