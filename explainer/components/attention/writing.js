// --- writing: a text is played as it is sampled; how far it goes is known only when it has ended --------------

import { Player, PLAYERS } from '../player/player.js';
import { Transport } from '../player/transport.js';

const SLOW_RATE = 4; // characters a second with "reduce motion"
const FASTEST_PLAY = 60;

export class WritingPlayer extends Player {
  constructor(view) {
    super(view.root, () => view.show());
    this.view = view;
    this.film = {
      last: 1, speed: 8, speedUnit: 'character', steps: ['‹ Back', 'Sample one ›'],
      counter: (position) => `${position} written`,
    };
    this.speed = this.film.speed;
    this.transport.load(this.film);
  }

  // Another text: what plays goes on if only the dice or their weights are others.
  begin(position, other) {
    if (other) this.pause();
    const start = Math.min(position, this.last);
    Object.assign(this, { start, position: start, passed: false });
    PLAYERS.add(this);
  }

  controls() { return new WritingTransport(this); }

  get last() { return this.view.story.last; }

  get over() { return this.position >= this.last && this.view.story.ended; }

  step(by) {
    const { view } = this;
    view.act();
    this.wanted = by > 0 && this.position >= this.last && !view.story.ended; // taken when it arrives
    super.step(by);
    view.need();
    view.announce();
  }

  play() {
    this.view.act();
    super.play();
    this.carry = 1; // the first one at once
    this.view.need();
  }

  remember() {} // the view's link does

  say() {} // the view tells which character it was

  toggle() {
    super.toggle();
    if (!this.playing) this.view.announce();
  }

  // At most one character a frame, so that every one is seen.
  advance(now) {
    const rate = this.still.matches ? Math.min(SLOW_RATE, this.speed) : this.speed;
    this.carry = Math.min(2, this.carry + (Math.max(0, now - this.clock) / 1000) * rate);
    this.clock = now;
    if (this.carry >= 1 && this.position < this.last) {
      this.carry -= 1;
      this.seek(this.position + 1);
    }
    this.view.need();
  }
}

class WritingTransport extends Transport {
  constructor(player) {
    super(player);
    this.playing.classList.remove('primary');
    this.next.classList.add('primary');
    this.again = this.button('↻ Other dice from here', () => player.view.again());
    this.node.replaceChildren(this.back, this.next, this.playing, this.scrubber, this.counter, this.again, this.speedBox);
  }

  speeds() {
    this.speedBox = super.speeds(FASTEST_PLAY);
    return this.speedBox;
  }

  show() {
    super.show();
    this.next.disabled = this.player.over;
  }
}
