import {Routes} from '@angular/router';

const TABS: ReadonlySet<unknown> = new Set([
  'charts',
  'config',
  'checkpoints',
  'live',
  'elites',
  'report',
  'events',
  'log',
]);

/** Every page. Features do not know each other: where one shows another's page in a tab, that is arranged here. */
export const routes: Routes = [
  {path: '', pathMatch: 'full', redirectTo: 'runs'},
  {path: 'runs', title: 'Runs · Paddock', loadComponent: async () => (await import('./runs/run-list')).RunList},
  {
    path: 'runs/new',
    title: 'New run · Paddock',
    loadComponent: async () => (await import('./new-run/new-run')).NewRunPage,
  },
  {
    path: 'runs/:id',
    title: 'Run · Paddock',
    loadComponent: async () => (await import('./run-detail/run-page')).RunPage,
    children: [
      {
        path: '',
        pathMatch: 'full',
        redirectTo: ({queryParams}) => (TABS.has(queryParams['tab']) ? String(queryParams['tab']) : 'charts'),
      },
      {path: 'charts', loadComponent: async () => (await import('./run-detail/charts/charts')).Charts},
      {path: 'config', loadComponent: async () => (await import('./run-detail/config/run-config')).RunConfig},
      {path: 'report', loadComponent: async () => (await import('./run-detail/report/run-report-tab')).RunReportTab},
      {path: 'events', loadComponent: async () => (await import('./run-detail/events/run-events')).RunEvents},
      {path: 'log', loadComponent: async () => (await import('./run-detail/log/run-log')).RunLog},
      {
        path: 'checkpoints',
        loadComponent: async () => (await import('./checkpoints/run-checkpoints')).RunCheckpoints,
      },
      {path: 'live', loadComponent: async () => (await import('./live-view/live-view')).LiveView},
      {path: 'elites', loadComponent: async () => (await import('./elites/elite-gallery')).EliteGallery},
    ],
  },
  {
    path: 'checkpoints',
    title: 'Checkpoints · Paddock',
    loadComponent: async () => (await import('./checkpoints/all-checkpoints')).AllCheckpoints,
  },
  {
    path: 'live',
    title: 'Live view · Paddock',
    loadComponent: async () => (await import('./live-view/live-page')).LivePage,
  },
  {path: 'game', title: 'Game · Paddock', loadComponent: async () => (await import('./game/lobby')).Lobby},
  {
    path: 'game/:session',
    title: 'Game · Paddock',
    loadComponent: async () => (await import('./game/game-page')).GamePage,
  },
  {
    path: 'genomes',
    title: 'Bring a genome · Paddock',
    loadComponent: async () => (await import('./elites/bring-genome')).BringGenome,
  },
  {path: 'system', title: 'System · Paddock', loadComponent: async () => (await import('./system/system')).SystemPage},
  {path: '**', title: 'Not found · Paddock', loadComponent: async () => (await import('./shell/not-found')).NotFound},
];
