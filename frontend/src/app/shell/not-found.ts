import {ChangeDetectionStrategy, Component} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {RouterLink} from '@angular/router';
import {Notice} from '../widgets/notice';

@Component({
  selector: 'app-not-found',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButton, Notice, RouterLink],
  template: `
    <app-notice icon="search" heading="There is no such page" text="The address may be old, or mistyped.">
      <a matButton="filled" routerLink="/runs">All runs</a>
    </app-notice>
  `,
})
export class NotFound {}
