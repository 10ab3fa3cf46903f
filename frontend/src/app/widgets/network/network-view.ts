import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  viewChild,
} from '@angular/core';
import type {Network} from '../../run-data/wire';
import {resolveColours, Theme} from '../theme/theme';
import {describe, layOut} from './layout';
import {NETWORK_COLOURS, NetworkPalette, paintNetwork} from './network-painter';

/** A network as a picture: small on a card, or large with names and with what its nodes put out while it acts. */
@Component({
  selector: 'app-network-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <canvas
      #canvas
      role="img"
      data-testid="network-picture"
      [attr.aria-label]="words()"
      [attr.data-live]="values() ? '' : null"
    ></canvas>
  `,
  styles: `
    :host {
      display: block;
      --net-plus: var(--plus);
      --net-minus: var(--minus);
      --net-off: var(--mat-sys-outline);
      --net-node: var(--card);
      --net-edge: var(--mat-sys-outline);
      --net-text: var(--muted);
    }
    canvas {
      display: block;
      width: 100%;
      height: 100%;
    }
  `,
})
export class NetworkView {
  readonly network = input.required<Network>();
  /** What each node puts out, in the order of the network's nodes. */
  readonly values = input<readonly number[] | null>(null);
  readonly small = input(false);

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly layout = computed(() => layOut(this.network()));
  private palette: NetworkPalette | null = null;
  private request = 0;

  protected readonly words = computed(() => describe(this.network()));

  constructor() {
    const theme = inject(Theme);
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const size = new ResizeObserver(() => {
        this.drawSoon();
      });
      size.observe(this.host);
      destroyed.onDestroy(() => {
        size.disconnect();
      });
    });
    effect(() => {
      theme.dark();
      this.palette = resolveColours(this.host, NETWORK_COLOURS);
      this.drawSoon();
    });
    effect(() => {
      this.layout();
      this.values();
      this.drawSoon();
    });
    destroyed.onDestroy(() => {
      cancelAnimationFrame(this.request);
    });
  }

  private drawSoon(): void {
    this.request ||= requestAnimationFrame(() => {
      this.request = 0;
      this.draw();
    });
  }

  private draw(): void {
    const canvas = this.canvas().nativeElement;
    const context = canvas.getContext('2d');
    const {width, height} = canvas.getBoundingClientRect();
    if (!context || !this.palette || width === 0) return;
    const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, {width: across, height: down});
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    paintNetwork(context, this.layout(), this.palette, {width, height, small: this.small()}, this.values());
  }
}
