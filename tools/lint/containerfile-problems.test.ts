import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { containerfileProblems } from './containerfile-problems.ts';

describe('the rules of Containerfiles', () => {
  const digest = 'a'.repeat(64);

  it('accept pinned bases, stages, and a number as user', () => {
    const text = `ARG BASE=registry/node:24@sha256:${digest}
FROM \${BASE} AS one
RUN npm ci --ignore-scripts
FROM scratch AS helm-amd64
ADD --checksum=sha256:${digest} https://get.helm.sh/helm.tar.gz /helm.tar.gz
FROM helm-\${TARGETARCH} AS helm
FROM one
USER 65532:65532`;
    assert.deepEqual(containerfileProblems('C', text), []);
  });

  it('refuse what changes without being named', () => {
    const text = `FROM node:24 AS one
ADD https://get.helm.sh/helm.tar.gz /
RUN npm ci && apt-get update
FROM one
RUN apt-get install -y git
USER nautes`;
    const problems = containerfileProblems('C', text);
    assert.deepEqual(
      problems.map((problem) => /^C: (.*?) (?:needs|in RUN)/.exec(problem)?.[1]),
      ['FROM node:24', 'ADD', 'npm', 'apt-get install', 'the last stage'],
    );
  });
});
