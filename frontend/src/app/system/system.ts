import {ChangeDetectionStrategy, Component, computed, DestroyRef, inject, signal} from '@angular/core';
import {RouterLink} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {Machine} from '../run-data/wire';
import {formatBytes, formatPercent} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {ProgressBar} from '../widgets/progress-bar';

const POLL_MS = 2500;

/** The machine that all this runs on: load, room on the disk, and what each worker takes. */
@Component({
  selector: 'app-system',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, Notice, ProgressBar, RouterLink],
  templateUrl: './system.html',
  styleUrl: './system.scss',
})
export class SystemPage {
  private readonly api = inject(Api);
  protected readonly machine = signal<Machine | null>(null);
  protected readonly error = signal('');
  protected readonly bytes = formatBytes;
  protected readonly percent = formatPercent;
  protected readonly memoryShare = computed(() => {
    const machine = this.machine();
    return machine ? machine.memory.used / machine.memory.total : 0;
  });
  protected readonly diskShare = computed(() => {
    const machine = this.machine();
    return machine ? 1 - machine.disk.free / machine.disk.total : 0;
  });
  protected readonly versions = computed(() => Object.entries(this.machine()?.versions ?? {}));

  constructor() {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const poll = async (): Promise<void> => {
      if (!document.hidden) await this.read();
      if (!over) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    inject(DestroyRef).onDestroy(() => {
      over = true;
      clearTimeout(timer);
    });
  }

  private async read(): Promise<void> {
    try {
      this.machine.set(await this.api.machine());
      this.error.set('');
    } catch (thrown) {
      this.error.set(ApiError.from(thrown).text);
    }
  }
}
