import type { RemoteReport } from './git-report.ts';

/** A remote could not be asked, or gave no answer; what was said is in the report, unfiltered. */
export class RemoteFailure extends Error {
  readonly report: RemoteReport;

  constructor(report: RemoteReport, options?: ErrorOptions) {
    super([...report.remote, ...report.local].join('; '), options);
    this.name = 'RemoteFailure';
    this.report = report;
  }
}
