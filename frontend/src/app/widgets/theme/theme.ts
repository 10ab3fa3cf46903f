import {computed, DestroyRef, effect, inject, Injectable, signal} from '@angular/core';

export type ThemeMode = 'light' | 'dark' | 'auto';

const STORAGE_KEY = 'paddock.theme';
const SCHEMES: Readonly<Record<ThemeMode, string>> = {light: 'light', dark: 'dark', auto: 'light dark'};

/** Light, dark, or as the system has it; remembered in this browser. */
@Injectable({providedIn: 'root'})
export class Theme {
  private readonly chosen = signal<ThemeMode>(remembered());
  private readonly systemDark = signal(false);

  readonly mode = this.chosen.asReadonly();
  readonly dark = computed(() => (this.chosen() === 'auto' ? this.systemDark() : this.chosen() === 'dark'));

  constructor() {
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => {
      this.systemDark.set(query.matches);
    };
    follow();
    query.addEventListener('change', follow);
    inject(DestroyRef).onDestroy(() => {
      query.removeEventListener('change', follow);
    });
    effect(() => {
      document.documentElement.style.colorScheme = SCHEMES[this.chosen()];
    });
  }

  choose(mode: ThemeMode): void {
    this.chosen.set(mode);
    localStorage.setItem(STORAGE_KEY, mode);
  }
}

function remembered(): ThemeMode {
  const mode = localStorage.getItem(STORAGE_KEY);
  return mode === 'light' || mode === 'dark' ? mode : 'auto';
}

/**
 * What CSS variables of colours come to under `host`. Canvases need plain colours; light-dark() is resolved only where
 * a colour is used, so an element is coloured with each and asked.
 */
export function resolveColours<Name extends string>(host: HTMLElement, names: readonly Name[]): Record<Name, string> {
  const found = names.map((name) => [name, resolveColour(host, `var(--${name})`)] as const);
  return Object.fromEntries(found) as Record<Name, string>;
}

/** What one CSS colour comes to under `host`. */
export function resolveColour(host: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = colour;
  host.append(probe);
  const plain = getComputedStyle(probe).color;
  probe.remove();
  return plain;
}
