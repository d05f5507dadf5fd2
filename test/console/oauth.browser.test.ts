import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GitLabSurroundings } from '../harness/gitlab-surroundings.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { browserMissing, startBrowser, Visitor } from './browser.ts';

describe('signing in to the console with GitLab', { skip: browserMissing() }, () => {
  it('leads back to the page that was asked for, and says when it was denied', async () => {
    await using surroundings = await GitLabSurroundings.start();
    await using server = await NautesProcess.start({
      configuration: {
        ...surroundings.configuration,
        identity: { ...surroundings.configuration.identity, oauthClientId: 'nautes-app' },
        log: { level: 'error' },
      },
    });
    const { oauth } = surroundings.gitlab;
    oauth.applications.push({ id: 'nautes-app', redirectUri: `${server.url}/api/v1/session/oauth/callback` });
    await using browser = await startBrowser();
    await using visitor = await Visitor.arrive(browser);
    const { page } = visitor;
    await page.goto(`${server.url}/console/clusters?q=one`);
    const button = page.getByRole('link', { name: 'Sign in with GitLab' });
    await button.click(); // nobody is signed in there
    await page
      .getByRole('alert')
      .getByText(/did not succeed \(OAUTH_REFUSED\)/)
      .waitFor();
    oauth.user = surroundings.addPerson('Grace', 'maintainer');
    await page.goto(`${server.url}/console/clusters?q=one`);
    assert.deepEqual(await visitor.findings(), []);
    await button.click();
    await page.getByRole('heading', { level: 1, name: 'Clusters' }).waitFor();
    assert.match(page.url(), /\/console\/clusters\?q=one$/);
    await page.getByText('Grace').waitFor();
  });
});
