import {ChangeDetectionStrategy, Component, computed, inject, signal} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {MatSnackBar} from '@angular/material/snack-bar';
import {Router, RouterLink} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {Games} from '../run-data/games';
import {RunElites} from '../run-data/run-elites';
import {RunFeed} from '../run-data/run-feed';
import {Elite} from '../run-data/wire';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {Comparison} from './comparison';
import {EliteCard} from './elite-card';
import {Lineage} from './lineage';

const MOST_COMPARED = 3;

/** The tab of a run's page that shows the elites it has left: to fly, to compare, to download, to breed from. */
@Component({
  selector: 'app-elite-gallery',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Comparison, EliteCard, Icon, Lineage, MatButton, Notice, RouterLink],
  template: `
    @if (elites(); as elites) {
      @if (elites.length > 0) {
        <div class="bar">
          <label class="muted">
            Order
            <select class="input" (change)="bestFirst.set(!bestFirst())">
              <option [selected]="!bestFirst()">newest first</option>
              <option [selected]="bestFirst()">best first</option>
            </select>
          </label>
          <span class="spacer"></span>
          <a matButton="outlined" routerLink="/genomes"><app-icon name="upload" /> Bring a genome</a>
        </div>
        @if (compared().length > 0) {
          <app-comparison class="card" [elites]="compared()" [metrics]="metrics()" (closed)="chosen.set([])" />
        }
        @if (traced(); as elite) {
          <app-lineage class="card" [elite]="elite" [elites]="elites" (closed)="traced.set(null)" />
        }
        <div class="cards">
          @for (elite of sorted(); track elite.generation) {
            <app-elite-card
              [elite]="elite"
              [metrics]="metrics()"
              [best]="elite === best()"
              [compared]="chosen().includes(elite.generation)"
              [busy]="busy()"
              [downloadUrl]="download(elite)"
              (flown)="fly(elite)"
              (bred)="breed(elite)"
              (traced)="trace(elite)"
              (comparedChange)="compare(elite, $event)"
            />
          }
        </div>
      } @else {
        <div class="card">
          <app-notice
            icon="trophy"
            heading="No elites yet"
            text="A run that breeds players leaves its best genome every few generations."
          />
        </div>
      }
    } @else if (fault()) {
      <div class="card">
        <app-notice icon="error" heading="The elites could not be fetched" [alarming]="true" [text]="fault()">
          <button matButton="outlined" type="button" (click)="again()">Try again</button>
        </app-notice>
      </div>
    } @else {
      <p class="muted" aria-busy="true">Loading…</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 14px;
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 10px;
    }
    .spacer {
      flex: 1;
    }
    label {
      display: flex;
      align-items: center;
      gap: 8px;
      font-size: 13px;
    }
    .input {
      width: 140px;
      color: var(--mat-sys-on-surface);
    }
    .cards {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr));
      gap: 14px;
    }
  `,
})
export class EliteGallery {
  private readonly api = inject(Api);
  private readonly games = inject(Games);
  private readonly router = inject(Router);
  private readonly snackBar = inject(MatSnackBar);
  private readonly run = inject(RunFeed).run;
  private readonly left = inject(RunElites);

  protected readonly elites = this.left.elites;
  protected readonly fault = this.left.error;
  protected readonly best = this.left.best;
  protected readonly metrics = computed(() => this.run()?.metrics ?? []);
  protected readonly bestFirst = signal(false);
  protected readonly chosen = signal<readonly number[]>([]);
  protected readonly traced = signal<Elite | null>(null);
  protected readonly busy = signal(false);
  protected readonly sorted = computed(() => {
    const elites = [...(this.elites() ?? [])];
    return this.bestFirst() ? elites.sort((a, b) => (b.fitness ?? -Infinity) - (a.fitness ?? -Infinity)) : elites;
  });
  protected readonly compared = computed(() =>
    this.chosen().flatMap((generation) => this.elites()?.filter((elite) => elite.generation === generation) ?? []),
  );

  protected download({run, generation}: Elite): string {
    return this.api.genomeDownload(run, generation);
  }

  /** The newest choices count when more are chosen than fit beside each other. */
  protected compare({generation}: Elite, wanted: boolean): void {
    this.chosen.update((chosen) => {
      const others = chosen.filter((each) => each !== generation);
      return wanted ? [...others, generation].slice(-MOST_COMPARED) : others;
    });
    if (wanted) this.toTop();
  }

  protected trace(elite: Elite): void {
    this.traced.set(elite);
    this.toTop();
  }

  protected async fly({run, generation}: Elite): Promise<void> {
    await this.attempt(async () => {
      const session = await this.games.start({seats: [{pilot: {kind: 'elite', run, generation}, team: 0}]});
      await this.router.navigate(['/game', session.id]);
    });
  }

  protected async breed({run, generation}: Elite): Promise<void> {
    await this.attempt(async () => {
      const name = `${run} generation ${String(generation)}`;
      this.games.bring({name, genome: await this.api.eliteGenome(run, generation)});
      await this.router.navigate(['/runs/new'], {queryParams: {like: run, genome: name}});
    });
  }

  protected again(): void {
    void this.left.load();
  }

  private toTop(): void {
    requestAnimationFrame(() => {
      document.querySelector('app-elite-gallery')?.scrollIntoView({behavior: 'smooth', block: 'start'});
    });
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    try {
      await action();
    } catch (thrown) {
      this.snackBar.open(ApiError.from(thrown).text, 'Close');
    } finally {
      this.busy.set(false);
    }
  }
}
