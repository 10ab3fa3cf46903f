import {ChangeDetectionStrategy, Component, computed, inject} from '@angular/core';
import {MatMenu, MatMenuItem, MatMenuTrigger} from '@angular/material/menu';
import {RouterLink, RouterLinkActive, RouterOutlet} from '@angular/router';
import {LinkState, LiveLink} from '../run-data/live-link';
import {Icon} from '../widgets/icon/icon';
import {IconName} from '../widgets/icon/icons';
import {Theme, ThemeMode} from '../widgets/theme/theme';
import {ConnectionBanner} from './connection-banner';

interface Place {
  readonly path: string;
  readonly label: string;
  readonly short: string;
  readonly icon: IconName;
  readonly exact: boolean;
}

const STATE_WORDS: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting',
  connected: 'Connected',
  disconnected: 'Disconnected',
};

/** The frame around every page: where one can go, whether the server is there, and light or dark. */
@Component({
  selector: 'app-shell',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ConnectionBanner, Icon, MatMenu, MatMenuItem, MatMenuTrigger, RouterLink, RouterLinkActive, RouterOutlet],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  private readonly link = inject(LiveLink);
  protected readonly theme = inject(Theme);

  protected readonly places: readonly Place[] = [
    {path: '/runs', label: 'Runs', short: 'Runs', icon: 'monitoring', exact: false},
    {path: '/runs/new', label: 'New run', short: 'New', icon: 'add', exact: true},
    {path: '/checkpoints', label: 'Checkpoints', short: 'Saved', icon: 'inventory_2', exact: false},
    {path: '/live', label: 'Live view', short: 'Live', icon: 'smart_display', exact: false},
    {path: '/game', label: 'Game', short: 'Game', icon: 'sports_esports', exact: false},
    {path: '/system', label: 'System', short: 'System', icon: 'dns', exact: false},
  ];
  protected readonly modes: readonly {mode: ThemeMode; label: string; icon: IconName}[] = [
    {mode: 'light', label: 'Light', icon: 'light_mode'},
    {mode: 'dark', label: 'Dark', icon: 'dark_mode'},
    {mode: 'auto', label: 'As the system', icon: 'brightness_auto'},
  ];
  protected readonly modeIcon = computed(
    () => this.modes.find((each) => each.mode === this.theme.mode())?.icon ?? 'brightness_auto',
  );
  protected readonly linkState = this.link.state;
  protected readonly stateWords = computed(() => STATE_WORDS[this.link.state()]);
}
