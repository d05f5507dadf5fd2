import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { browserMissing } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

const NODE_PORT = 31456;
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces/default/applications';
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop-front', namespace: 'default' },
  spec: {},
};

describe('the console when something is refused', { skip: browserMissing() }, () => {
  let bed: ConsoleBed;
  let directory: string;
  let remote: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-refusals-'));
    remote = join(directory, 'tenant.git');
    assert.equal((await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote])).code, 0);
    bed = await ConsoleBed.open(2, { git: { remote: `file://${remote}` } });
    const [host] = await Promise.all([bed.register('berlin', { usage: 'host' }), bed.register('one')]);
    await Promise.all(['berlin', 'one'].map((name) => bed.client.waitForPhase(name, 'Ready')));
    const saved = await bed.client.save('shop', {
      api_server: `https://${new URL(host.server).hostname}:${NODE_PORT}`,
      cluster_kind: 'kubernetes',
      cluster_type: 'virtual',
      usage: 'worker',
      host_cluster: 'berlin',
    });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  it('does not delete a host of virtual clusters, and leads to these', async () => {
    await using visitor = await bed.visit('/console/clusters/berlin/delete');
    const { page } = visitor;
    await page.getByText('Virtual clusters on it, to be deleted first').waitFor();
    await page.getByLabel('Type berlin to confirm').fill('berlin');
    assert.equal(await page.getByRole('button', { name: 'Delete berlin' }).isDisabled(), true);
    await page.getByRole('main').getByRole('link', { name: 'shop', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();
    assert.deepEqual(await visitor.findings(), []);
  });

  it('does not delete what users would lose something with, until that is wanted', async () => {
    await bed.kubectl('one').create(APPLICATIONS, APPLICATION);
    await using visitor = await bed.visit('/console/clusters/one/delete');
    const { page } = visitor;
    await page
      .getByText(/shop-front/)
      .first()
      .waitFor();
    await page.getByLabel('Type one to confirm').fill('one');
    const button = page.getByRole('button', { name: 'Delete one' });
    assert.equal(await button.isDisabled(), true);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Delete one', disabled: false }).waitFor();
    assert.deepEqual(await visitor.findings(), []);
  });

  it('signs in again once the session has expired, and comes back to the same page', async () => {
    await using visitor = await bed.visit('/console/clusters/one');
    const { page } = visitor;
    await page.getByText('everything is as declared').first().waitFor();
    visitor.expect(/status of 401/);
    await page.context().clearCookies(); // as the browser does at the end of its time
    await page.getByRole('link', { name: 'Events', exact: true }).first().click();
    await page.getByText('The session has ended.').waitFor();
    await page.locator('input[name=token]').fill(bed.client.token);
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
  });

  it('says that the Git remote is away and that nothing was changed, and deletes when it is back', async () => {
    await using visitor = await bed.visit('/console/clusters/one/delete');
    const { page } = visitor;
    await page.getByRole('checkbox').check();
    await page.getByLabel('Type one to confirm').fill('one');
    await rename(remote, `${remote}.away`);
    visitor.expect(/status of 503/, /404 .*\/clusters\/one/);
    await page.getByRole('button', { name: 'Delete one', disabled: false }).click();
    await page
      .getByRole('alert')
      .getByText(/configuration repository is not available/)
      .waitFor();
    assert.equal((await bed.client.request('GET', '/api/v1/clusters/one')).status, 200);
    await rename(`${remote}.away`, remote);
    await page.getByRole('button', { name: 'Delete one', disabled: false }).click();
    await page.getByRole('heading', { level: 1, name: 'Receipt of one' }).waitFor();
    await page.getByText('Complete', { exact: true }).waitFor();
  });
});
