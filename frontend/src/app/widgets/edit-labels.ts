import {ChangeDetectionStrategy, Component, inject, Injectable, signal} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import {firstValueFrom} from 'rxjs';

/** What people write on a run. */
export interface RunLabels {
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
}

@Component({
  selector: 'app-edit-labels-dialog',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>Name and notes</h2>
    <mat-dialog-content>
      <label for="label-name">Name</label>
      <input id="label-name" class="input" maxlength="120" [value]="name()" (input)="name.set(textOf($event))" />
      <label for="label-tags">Tags, parted by commas</label>
      <input id="label-tags" class="input" [value]="tags()" (input)="tags.set(textOf($event))" />
      <label for="label-notes">Notes</label>
      <textarea
        id="label-notes"
        class="input"
        rows="5"
        [value]="notes()"
        (input)="notes.set(textOf($event))"
      ></textarea>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" mat-dialog-close>Cancel</button>
      <button matButton="filled" type="button" (click)="save()">Save</button>
    </mat-dialog-actions>
  `,
  styles: `
    mat-dialog-content {
      display: grid;
      gap: 5px;
      width: min(460px, 78vw);
    }
    label {
      margin-top: 8px;
      font-size: 13px;
      font-weight: 580;
    }
  `,
})
export class EditLabelsDialog {
  private readonly before = inject<RunLabels>(MAT_DIALOG_DATA);
  private readonly dialog = inject<MatDialogRef<EditLabelsDialog, RunLabels>>(MatDialogRef);
  protected readonly name = signal(this.before.name);
  protected readonly notes = signal(this.before.notes);
  protected readonly tags = signal(this.before.tags.join(', '));

  protected textOf(event: Event): string {
    return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
  }

  protected save(): void {
    const tags = this.tags()
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    this.dialog.close({name: this.name().trim(), notes: this.notes(), tags: [...new Set(tags)]});
  }
}

/** Asks for a run's name, notes and tags; null when cancelled. */
@Injectable({providedIn: 'root'})
export class EditLabels {
  private readonly dialog = inject(MatDialog);

  async ask(before: RunLabels): Promise<RunLabels | null> {
    const settings = Object.assign(new MatDialogConfig<RunLabels>(), {data: before});
    const dialog = this.dialog.open<EditLabelsDialog, RunLabels, RunLabels>(EditLabelsDialog, settings);
    return (await firstValueFrom(dialog.afterClosed())) ?? null;
  }
}
