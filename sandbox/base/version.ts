/** The version that a simulated cluster reports. */
export const KUBERNETES_VERSION = 'v1.36.4';

export const VERSION_INFO = {
  major: '1',
  minor: '36',
  gitVersion: KUBERNETES_VERSION,
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;
