import {ChangeDetectionStrategy, Component, inject, Injectable} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import {firstValueFrom} from 'rxjs';

interface Question {
  readonly title: string;
  readonly text: string;
  readonly action: string;
}

@Component({
  selector: 'app-confirm',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>{{ question.title }}</h2>
    <mat-dialog-content>{{ question.text }}</mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton [mat-dialog-close]="false">Cancel</button>
      <button matButton="filled" data-testid="confirm" [mat-dialog-close]="true">{{ question.action }}</button>
    </mat-dialog-actions>
  `,
})
export class ConfirmDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
}

/** Asks before something that cannot be undone. */
@Injectable({providedIn: 'root'})
export class Confirm {
  private readonly dialog = inject(MatDialog);

  async ask(question: Question): Promise<boolean> {
    const settings: MatDialogConfig<Question> = Object.assign(new MatDialogConfig<Question>(), {
      data: question,
      maxWidth: 440,
    });
    const answer = this.dialog.open<ConfirmDialog, Question, boolean>(ConfirmDialog, settings);
    return (await firstValueFrom(answer.afterClosed())) === true;
  }
}
