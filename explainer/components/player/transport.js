// --- transport: back, play, next, scrub, speed ------------------------------------------------------------

import { element } from './stage.js';

const SLOWEST = 0.5;
const FASTEST = 1000;

export class Transport {
  constructor(player) {
    this.player = player;
    this.node = element('div', 'transport');
    this.back = this.button('', () => player.step(-1));
    this.playing = this.button('▶ Play', () => player.toggle());
    this.playing.classList.add('primary');
    this.next = this.button('', () => player.step(1));
    this.scrubber = this.range('scrubber', 'Position', 0, 1, 1, (value) => player.goTo(value));
    this.counter = element('span', 'counter');
    this.node.append(this.back, this.playing, this.next, this.scrubber, this.counter, this.speeds(FASTEST));
  }

  button(text, act) {
    const node = element('button', '', text);
    node.type = 'button';
    node.onclick = act;
    return node;
  }

  range(className, label, min, max, step, act) {
    const node = Object.assign(element('input', className), { type: 'range', min, max, step });
    node.setAttribute('aria-label', label);
    node.oninput = () => { act(Number(node.value)); this.fill(node); };
    return node;
  }

  speeds(fastest) {
    const box = element('label', 'speed');
    this.speedText = element('span');
    const [low, high] = [Math.log10(SLOWEST), Math.log10(fastest)];
    this.speed = this.range('', 'Speed', low, high, 0.01, (value) => { this.player.speed = nice(10 ** value); this.say(); });
    box.append(this.speedText, this.speed);
    return box;
  }

  load(film) {
    this.node.hidden = !film.last;
    if (!film.last) return;
    [this.back.textContent, this.next.textContent] = film.steps;
    this.counter.style.setProperty('--longest', longest(film));
  }

  say() {
    const { speed, film } = this.player;
    const told = `${nice(speed)} ${film.speedUnit}${speed === 1 ? '' : 's'}/s`;
    this.speedText.textContent = `speed ${told}`;
    this.speed.setAttribute('aria-valuetext', told);
  }

  fill(node) { node.style.setProperty('--done', (node.value - node.min) / (node.max - node.min || 1)); }

  show() {
    if (this.node.hidden) return;
    const { position, last, playing, speed, film } = this.player;
    const counter = film.counter(position);
    this.scrubber.max = Math.max(1, last);
    this.scrubber.value = position;
    this.scrubber.setAttribute('aria-valuetext', counter);
    this.speed.value = Math.log10(speed);
    this.fill(this.scrubber);
    this.fill(this.speed);
    this.counter.textContent = counter;
    this.playing.textContent = playing ? '❚❚ Pause' : '▶ Play';
    this.back.disabled = position === 0;
    this.next.disabled = position === last;
    this.say();
  }
}

// Letters of the longest counter, so that the scrubber keeps its size.
function longest(film) {
  const sample = film.titles?.length ? film.titles : [film.counter(film.last)];
  return Math.max(...sample.map((text) => text.length));
}

// A speed that one would say aloud: 0.5, 1.2, 8, 60, 250.
function nice(speed) {
  if (speed < 10) return Math.round(speed * 10) / 10;
  return speed < 100 ? Math.round(speed) : Math.round(speed / 10) * 10;
}
