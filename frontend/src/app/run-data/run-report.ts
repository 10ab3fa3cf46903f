import {inject, Injectable} from '@angular/core';
import {Api} from './api';
import {CheckpointData} from './checkpoint-data';

/** What the shown run has found out, kept up to date. Provided by the page that shows the run. */
@Injectable()
export class RunReport {
  private readonly api = inject(Api);
  private readonly data = new CheckpointData(async (run) => (await this.api.report(run)).report);

  /** Null for a run that reports nothing, and while nobody knows. */
  readonly report = this.data.value;
  readonly error = this.data.error;

  load(): Promise<void> {
    return this.data.load();
  }
}
