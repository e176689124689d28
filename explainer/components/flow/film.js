// --- film: the stages of the way, played one after the other; the clicker stops behind some of them ----------

import { Player } from '../player/player.js';
import { Transport } from '../player/transport.js';

const RATE = 60; // ticks a second at the usual speed
const MOST = 8; // times as fast at most
const UNFOLD = 20; // ticks in which another section opens

const clamped = (x) => Math.max(0, Math.min(1, x));
const eased = (x) => x * x * (3 - 2 * x);

/* A position is a tick; a stage is there once its last tick has come, so that a stop shows what was just made. */
export class Film {
  /** @type {number} */ last;
  /** @type {string[]} */ titles;

  constructor(stages) {
    this.stages = stages;
    let end = 0;
    this.ends = stages.map(({ ticks }) => (end += ticks));
    this.stops = this.ends.filter((_, i) => stages[i].stop || i === stages.length - 1);
    Object.assign(this, { last: end, speed: RATE, steps: ['‹ Back', 'Step ›'], titles: stages.map((_, i) => this.title(i)) });
  }

  title(i) { return `${i + 1} of ${this.stages.length}: ${this.stages[i].title}`; }

  counter(position) { return this.titles[this.at(position)]; }

  // The stage that is under way, or has just been made.
  at(position) {
    const found = this.ends.findIndex((end) => position <= end);
    return found < 0 ? this.stages.length - 1 : found;
  }

  // How far the stage has come, and how far its section has opened; both from 0 to 1.
  moment(position) {
    const i = this.at(position);
    const { ticks, section } = this.stages[i];
    const gone = position - (this.ends[i] - ticks);
    const before = i ? this.stages[i - 1].section : section;
    const unfold = before === section ? 0 : Math.min(UNFOLD, ticks / 2);
    const opened = unfold ? eased(clamped(gone / unfold)) : 1;
    return { i, section, before, opened, made: clamped((gone - unfold) / (ticks - unfold || 1)) };
  }

  // The first of some ticks behind a position, or the last before it.
  next(marks, position, by) {
    return by > 0 ? marks.find((mark) => mark > position) ?? this.last : marks.findLast((mark) => mark < position) ?? 0;
  }
}

export class FlowPlayer extends Player {
  controls() { return new FlowTransport(this); }

  step(by) {
    this.goTo(this.film.next(this.film.ends, this.position, by));
  }

  play() {
    this.until = null;
    super.play();
  }

  // Steps of the clicker: to the next stop, or back to the one before.
  forward() {
    const until = this.film.next(this.film.stops, this.over ? 0 : this.position, 1);
    this.play();
    this.until = until;
  }

  backward() {
    this.pause();
    this.seek(Math.max(this.first, this.film.next(this.film.stops, this.position, -1)));
    this.passed = false;
    this.tell();
  }

  end() {
    const { until } = this;
    if (!this.playing || !until || until === this.last) { super.end(); return; }
    this.pause();
    this.seek(until);
  }

  advance(now) {
    super.advance(now);
    if (!this.until || this.position < this.until) return;
    const { until } = this;
    this.pause();
    this.seek(until);
  }

  pause() {
    super.pause();
    this.until = null;
  }
}

class FlowTransport extends Transport {
  speeds() { return super.speeds(MOST * RATE); }

  say() {
    const told = `${Number((this.player.speed / RATE).toPrecision(2))} ×`;
    this.speedText.textContent = `speed ${told}`;
    this.speed.setAttribute('aria-valuetext', told);
  }
}
