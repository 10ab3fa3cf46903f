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
  output,
  untracked,
  viewChild,
} from '@angular/core';
import type {ViewFrame} from '../../run-data/wire';
import {resolveColours, Theme} from '../theme/theme';
import {blend} from './blend';
import {Spot, spotAt} from './fit';
import {Mark, marked} from './marks';
import {Painter, VIEW_COLOURS, ViewPalette} from './painter';
import {Pictures} from './pictures';
import {Playout} from './playout';

const REACH_PX = 14;

/**
 * Draws any world from its ViewFrames as often as the screen is refreshed, moving smoothly between them (one frame
 * behind, for there to be a next one). Tells where it is pressed and pointed at.
 */
@Component({
  selector: 'app-canvas-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <canvas
      #canvas
      data-testid="live-canvas"
      role="img"
      [attr.aria-label]="label()"
      [class.pointed]="pointed()"
      [style.aspect-ratio]="aspect()"
      (pointerdown)="press($event)"
      (pointermove)="hover($event)"
      (pointerleave)="leave()"
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
    .pointed {
      cursor: crosshair;
      touch-action: manipulation;
    }
  `,
})
export class CanvasView {
  readonly frame = input.required<ViewFrame | null>();
  readonly label = input('The world as it is now');
  /** Whether the world stands still, so that whatever frame comes was asked for and is shown at once. */
  readonly paused = input(false);
  /** Whether pressing it means anything, for the shape of the cursor. */
  readonly pointed = input(false);
  /** What is put on top of every frame, and what texts of the picture are called instead. */
  readonly marks = input<readonly Mark[]>([]);
  readonly names = input<Readonly<Record<string, string>>>({});
  readonly pressed = output<Spot>();
  /** Where a mouse is, null when it leaves; a finger only presses. */
  readonly hovered = output<Spot | null>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private painter: Painter | null = null;
  private palette: ViewPalette = {};
  private readonly playout = new Playout();
  private readonly pictures = new Pictures(
    () => {
      this.painter?.forget();
      this.animate();
    },
    (file) => createImageBitmap(file),
  );
  private drawn: ViewFrame | null = null;
  private request = 0;

  protected readonly aspect = computed(() => {
    const frame = this.frame();
    return frame ? `${String(frame.width)} / ${String(frame.height)}` : '4 / 3';
  });

  constructor() {
    const theme = inject(Theme);
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      this.painter = new Painter(this.canvas().nativeElement, this.pictures);
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
      if (!frame) return;
      this.pictures.prepare(frame);
      if (untracked(this.paused)) this.playout.cut(frame, performance.now());
      else this.playout.push(frame, performance.now());
      this.animate();
    });
    effect(() => {
      this.marks();
      this.names();
      this.animate();
    });
    destroyed.onDestroy(() => {
      cancelAnimationFrame(this.request);
      this.pictures.close();
    });
  }

  protected press(event: PointerEvent): void {
    const spot = event.button === 0 ? this.spotOf(event) : null;
    if (spot) this.pressed.emit(spot);
  }

  protected hover(event: PointerEvent): void {
    if (event.pointerType === 'mouse') this.hovered.emit(this.spotOf(event));
  }

  protected leave(): void {
    this.hovered.emit(null);
  }

  private spotOf(event: PointerEvent): Spot | null {
    if (!this.drawn) return null;
    const {width, height, left, top} = this.canvas().nativeElement.getBoundingClientRect();
    const reach = REACH_PX * Math.max(this.drawn.width / width, this.drawn.height / height);
    return spotAt(this.drawn, {width, height}, {x: event.clientX - left, y: event.clientY - top}, reach);
  }

  private animate(): void {
    this.request ||= requestAnimationFrame(() => {
      this.request = 0;
      this.draw();
    });
  }

  private draw(): void {
    const now = performance.now();
    const moment = this.playout.at(now);
    if (!this.painter || !moment) return;
    this.drawn = blend(moment.earlier, moment.later, moment.share);
    this.painter.paint(marked(this.drawn, this.marks(), this.names()), this.palette);
    if (this.playout.movesAfter(now)) this.animate();
  }

  private fit(): void {
    const canvas = this.canvas().nativeElement;
    const {width, height} = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
  }
}
