// --- player: where what plays stands, and how it goes on ----------------------------------------------------

import { Moment, wholes } from './moment.js';
import { Narrator } from './narrator.js';
import { Transport } from './transport.js';

const SLOW_FPS = 4; // with "reduce motion"
const LEAP = 0.5; // seconds after a standstill that count at most
const STILL = { last: 0, steps: ['', ''], speedUnit: '', counter: () => '' };

// All players on the page: the frame of the deck asks them before it turns the scene.
export const PLAYERS = (window.__players ??= new Set());

/* A film is what plays: { last, speed, speedUnit, steps: [back, next], counter(position), titles?, captions? }.
   A player has been passed once it was at the end, or was told to go there. */
export class Player {
  /** @type {HTMLElement} */ root;
  /** @type {any} */ film;
  /** @type {(position: number) => void} */ show;
  /** @type {(playing: boolean) => void} */ played;
  /** @type {number} */ start;
  /** @type {number} */ speed;

  // `show(position)` draws; `played(playing)` hears when a play begins or ends.
  constructor(root, show, played = () => {}) {
    Object.assign(this, { root, show, played, film: STILL, start: 0, position: 0, speed: 1 });
    this.playing = this.passed = false;
    this.visible = true;
    this.moment = new Moment(root);
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
    this.watching = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watching.observe(root);
    this.transport = this.controls();
    this.narrator = new Narrator();
    root.prepend(this.narrator.node);
  }

  controls() { return new Transport(this); }

  // Kept is where the same film stands and how fast it goes; another one begins at its start.
  load(film, start = 0, keep = false) {
    this.pause();
    Object.assign(this, { film: film ?? STILL, start });
    if (!keep) Object.assign(this, { position: start, speed: this.film.speed ?? 1, passed: false });
    this.position = Math.min(this.position, this.last);
    if (this.moment.arrives()) this.recall();
    PLAYERS[this.last ? 'add' : 'delete'](this);
    this.transport.load(this.film);
    this.narrator.load(this.film.captions);
    this.tell();
  }

  recall() {
    const [at] = wholes(this.moment.recall('at'), 1) ?? [];
    if (!(at >= 0 && at <= this.last && this.last)) return;
    this.position = at;
    this.passed = this.over;
  }

  remember() { this.moment.keep('at', this.position === this.start ? '' : this.position); }

  get last() { return this.film.last; }

  get over() { return this.position >= this.last; }

  // Where a play begins: who comes by a link may find a film at its end already.
  get first() { return this.start < this.last ? this.start : 0; }

  // Whether there is something to take back.
  get left() { return this.playing || (this.position !== this.first && (this.passed || this.position !== this.start)); }

  tell() {
    this.remember();
    this.transport.show();
    this.narrator.show(this.position);
    this.retell();
    window.__deck?.moved?.();
  }

  // The alternative text of a picture says what is seen of it now.
  describe(node, alt) {
    this.described = { node, alt };
    this.retell();
  }

  retell() {
    const { node, alt } = this.described ?? {};
    if (node && !this.playing) node.setAttribute('aria-label', this.last ? `${alt} Seen now: ${this.film.counter(this.position)}` : alt);
  }

  seek(position) {
    const target = Math.max(0, Math.min(position, this.last));
    if (target === this.position) return;
    this.position = target;
    this.passed ||= this.over;
    this.show(target);
    this.tell();
    if (!this.playing) this.say();
  }

  step(by) { this.goTo(this.position + by); }

  // To a position that was asked for: a play ends there.
  goTo(position) {
    this.pause();
    this.seek(position);
  }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  play() {
    if (this.over) this.seek(0);
    this.playing = true;
    this.carry = 0;
    this.clock = performance.now();
    this.tick();
    this.turned();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.ticking);
    this.turned();
  }

  turned() {
    this.played(this.playing);
    this.tell();
    if (this.root.isConnected) this.say();
  }

  say() {
    const seen = [this.film.counter(this.position), this.narrator.at(this.position)];
    window.__deck?.voice.say(this.playing ? 'Plays' : seen.filter(Boolean).join('. '));
  }

  // Steps of the clicker: what plays is played, and taken back; then to the end, and back to where it begins.
  forward() { this.play(); }

  backward() { this.reset(); }

  end() {
    this.pause();
    this.passed = true;
    this.seek(this.last);
  }

  reset() {
    this.pause();
    this.seek(this.first);
    this.passed = false;
  }

  tick() {
    this.ticking = requestAnimationFrame((now) => {
      if (!this.playing || !this.root.isConnected) return;
      if (this.visible) this.advance(now);
      else this.clock = now;
      if (this.over) this.pause();
      else if (this.playing) this.tick();
    });
  }

  advance(now) {
    const elapsed = (now - this.clock) / 1000;
    if (this.still.matches && elapsed < 1 / SLOW_FPS) return;
    this.clock = now;
    this.carry += Math.min(elapsed, LEAP) * this.speed;
    const steps = Math.floor(this.carry);
    this.carry -= steps;
    if (steps) this.seek(this.position + steps);
  }

  close() {
    this.pause();
    this.watching.disconnect();
    PLAYERS.delete(this);
  }
}
