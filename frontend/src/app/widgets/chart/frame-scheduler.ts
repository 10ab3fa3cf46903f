import {Injectable} from '@angular/core';

/** Something that can be drawn anew. */
export interface Drawable {
  draw(): void;
}

/** Draws what asked for it once per animation frame, however often it asked. Nothing is drawn in a hidden tab. */
@Injectable({providedIn: 'root'})
export class FrameScheduler {
  private readonly due = new Set<Drawable>();
  private frame = 0;

  request(drawable: Drawable): void {
    this.due.add(drawable);
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      const drawables = [...this.due];
      this.due.clear();
      for (const each of drawables) each.draw();
    });
  }

  cancel(drawable: Drawable): void {
    this.due.delete(drawable);
  }
}
