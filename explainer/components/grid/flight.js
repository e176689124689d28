// --- flight: two factors travel into the cell that they help to make, and their product lands ---------------

import { UNKNOWN, Walk } from './frames.js';
import { cellBox } from './layout.js';
import { entries } from './links.js';
import { spoken } from './numbers.js';

const MEET = 0.55; // the share of a flight after which the factors have met
const LANDS = 0.8; // after which it is the sum that stands there
const LONGEST = 1000; // ms

export class Flight {
  constructor(grid) {
    this.grid = grid;
    this.position = 0;
  }

  // A single step forward of a walk is seen; a leap, a step back and "reduce motion" are not.
  turn(position) {
    const onward = position === this.position + 1;
    this.position = position;
    this.stop();
    const { frames, player } = this.grid;
    if (!onward || !(frames instanceof Walk) || player.still.matches) return;
    this.span = Math.min(LONGEST, 950 / player.speed);
    this.begun = performance.now();
    this.beat();
  }

  stop() {
    cancelAnimationFrame(this.beating);
    this.at = null;
  }

  beat() {
    this.at = Math.min(1, (performance.now() - this.begun) / this.span);
    this.grid.relight();
    if (this.at < 1) this.beating = requestAnimationFrame(() => this.beat());
    else this.land();
  }

  land() {
    this.at = null;
    this.grid.relight();
  }

  // Above the lights: what is on its way, and the cell that waits for it.
  paint(painter, ctx) {
    if (this.at === null || this.at === undefined) return;
    const { frames } = this.grid;
    const [row, col, k] = frames.step(this.position - 1);
    const [left, out] = [frames.link.left, frames.link.out].map((i) => this.grid.matrices[i]);
    const right = this.grid.matrices[frames.link.right];
    const entry = entries(this.grid, { link: frames.link, row, col })[k];
    const to = cellBox(out, row, col);
    if (this.at < MEET) {
      painter.tinted(ctx, out, row, col, out.role, 0.22, 1.2, UNKNOWN);
      const part = ease(this.at / MEET);
      painter.travelling(ctx, left, between(cellBox(left, row, k), to, part), spoken(entry.a));
      painter.travelling(ctx, right, between(cellBox(right, k, col), to, part), spoken(entry.b));
      return;
    }
    const sign = entry.product < 0 ? '' : '+';
    const done = frames.done[row * out.width + col] >= frames.K;
    const soFar = done ? out.text(row, col) : spoken(entry.sum);
    const text = this.at < LANDS ? `${sign}${spoken(entry.product)}` : soFar;
    painter.tinted(ctx, out, row, col, out.role, 0.22 + 0.3 * (1 - this.at) / (1 - MEET), 1.2, text);
  }
}

const ease = (t) => (t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t));

const between = (a, b, t) => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, w: a.w, h: a.h });
