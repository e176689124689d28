// --- film: which frame is shown, and how it plays ---------------------------------------------------------

const SLOW_FPS = 4; // with "reduce motion"

class Film {
  constructor(root, changed) {
    Object.assign(this, { root, changed, position: 0, speed: 1, playing: false });
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
  }

  // The same frames again keep their place: only what is seen in them has changed.
  load(frames) {
    this.pause();
    const { titles, unit, speed, start } = frames ?? { titles: [''], unit: '', speed: 1, start: 0 };
    const signature = JSON.stringify([titles, start]);
    if (signature !== this.signature) Object.assign(this, { position: start, speed });
    this.signature = signature;
    this.play = { last: titles.length - 1, titles, speedUnit: unit, steps: ['‹ Back', 'Step ›'], counter: (i) => titles[i] };
  }

  seek(position) {
    const target = Math.max(0, Math.min(position, this.play.last));
    if (target === this.position) return;
    this.position = target;
    this.changed();
  }

  step(by) {
    this.pause();
    this.seek(this.position + by);
  }

  toggle() {
    if (this.playing) { this.pause(); return; }
    if (this.position >= this.play.last) this.seek(0);
    this.playing = true;
    this.carry = 0;
    this.clock = performance.now();
    this.tick();
    this.changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.ticking);
    this.changed();
  }

  tick() {
    this.ticking = requestAnimationFrame((now) => {
      if (!this.playing || !this.root.isConnected) return;
      this.advance(now);
      if (this.position >= this.play.last) this.pause();
      else this.tick();
    });
  }

  advance(now) {
    const elapsed = (now - this.clock) / 1000;
    if (this.still.matches && elapsed < 1 / SLOW_FPS) return;
    this.clock = now;
    this.carry += Math.min(elapsed, 0.5) * this.speed;
    const steps = Math.floor(this.carry);
    this.carry -= steps;
    if (steps) this.seek(this.position + steps);
  }
}
