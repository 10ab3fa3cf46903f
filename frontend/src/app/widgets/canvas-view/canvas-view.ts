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
import type {ViewFrame} from '../../run-data/wire';
import {resolveColours, Theme} from '../theme/theme';
import {blend} from './blend';
import {Painter, VIEW_COLOURS, ViewPalette} from './painter';

const LONGEST_BLEND_MS = 250;
const SMOOTHING = 0.2;

/** Draws any world from its ViewFrames, moving smoothly between them (one frame behind, for there to be a next one). */
@Component({
  selector: 'app-canvas-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <canvas
      #canvas
      data-testid="live-canvas"
      role="img"
      [attr.aria-label]="label()"
      [style.aspect-ratio]="aspect()"
    ></canvas>
  `,
  styles: `
    :host {
      display: block;
    }
    canvas {
      display: block;
      width: 100%;
      max-height: 70vh;
      border-radius: 10px;
    }
  `,
})
export class CanvasView {
  readonly frame = input.required<ViewFrame | null>();
  readonly label = input('The world as it is now');

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private painter: Painter | null = null;
  private palette: ViewPalette = {};
  private earlier: ViewFrame | null = null;
  private later: ViewFrame | null = null;
  private arrived = 0;
  private interval = 50;
  private request = 0;

  protected readonly aspect = computed(() => {
    const frame = this.frame();
    return frame ? `${String(frame.width)} / ${String(frame.height)}` : '4 / 3';
  });

  constructor() {
    const theme = inject(Theme);
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      this.painter = new Painter(this.canvas().nativeElement);
      const size = new ResizeObserver(() => {
        this.fit();
        this.animate();
      });
      size.observe(this.canvas().nativeElement);
      destroyed.onDestroy(() => {
        size.disconnect();
      });
    });
    effect(() => {
      theme.dark();
      const colours = resolveColours(
        this.host,
        VIEW_COLOURS.map((name) => `view-${name}`),
      );
      this.palette = Object.fromEntries(VIEW_COLOURS.map((name) => [name, colours[`view-${name}`] ?? '']));
      this.painter?.forget();
      this.animate();
    });
    effect(() => {
      const frame = this.frame();
      if (frame) this.receive(frame);
    });
    destroyed.onDestroy(() => {
      cancelAnimationFrame(this.request);
    });
  }

  private receive(frame: ViewFrame): void {
    const now = performance.now();
    const gap = Math.min(LONGEST_BLEND_MS, now - this.arrived);
    this.interval += SMOOTHING * (gap - this.interval);
    this.arrived = now;
    this.earlier = this.later;
    this.later = frame;
    this.animate();
  }

  private animate(): void {
    this.request ||= requestAnimationFrame(() => {
      this.request = 0;
      this.draw();
    });
  }

  private draw(): void {
    if (!this.painter || !this.later) return;
    const share = Math.min(1, (performance.now() - this.arrived) / Math.max(1, this.interval));
    this.painter.paint(blend(this.earlier, this.later, share), this.palette);
    if (share < 1) this.animate();
  }

  private fit(): void {
    const canvas = this.canvas().nativeElement;
    const {width, height} = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
  }
}
