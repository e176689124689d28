// --- transport: back, play, next, scrub, speed ------------------------------------------------------------

const SLOWEST = 0.5;
const FASTEST = 1000;

class Transport {
  constructor(grid, play) {
    this.grid = grid;
    this.play = play;
    this.node = element('div', 'transport');
    const [back, next] = play.steps;
    this.back = this.button(back, () => grid.step(-1));
    this.playing = this.button('▶ Play', () => grid.toggle());
    this.playing.classList.add('primary');
    this.next = this.button(next, () => grid.step(1));
    this.scrubber = this.range('scrubber', 'Position', 0, play.last, 1, (value) => { grid.pause(); grid.seek(value); });
    this.counter = element('span', 'counter');
    this.counter.style.setProperty('--longest', longest(play));
    this.node.append(this.back, this.playing, this.next, this.scrubber, this.counter, this.speeds());
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

  speeds() {
    const box = element('label', 'speed');
    this.speedText = element('span');
    const [low, high] = [Math.log10(SLOWEST), Math.log10(FASTEST)];
    this.speed = this.range('', 'Speed', low, high, 0.01, (value) => { this.grid.speed = nice(10 ** value); this.say(); });
    box.append(this.speedText, this.speed);
    return box;
  }

  say() {
    const speed = `${this.grid.speed} ${this.play.speedUnit}${this.grid.speed === 1 ? '' : 's'}/s`;
    this.speedText.textContent = `speed ${speed}`;
    this.speed.setAttribute('aria-valuetext', speed);
  }

  fill(node) { node.style.setProperty('--done', (node.value - node.min) / (node.max - node.min || 1)); }

  show(position, playing) {
    const counter = this.play.counter(position);
    this.scrubber.value = position;
    this.scrubber.setAttribute('aria-valuetext', counter);
    this.speed.value = Math.log10(this.grid.speed);
    this.fill(this.scrubber);
    this.fill(this.speed);
    this.counter.textContent = counter;
    this.playing.textContent = playing ? '❚❚ Pause' : '▶ Play';
    this.back.disabled = position === 0;
    this.next.disabled = position === this.play.last;
    this.say();
  }
}

// Letters of the longest counter, so that the scrubber keeps its size.
function longest(play) {
  const sample = play.titles?.length ? play.titles : [play.counter(play.last)];
  return Math.max(...sample.map((text) => text.length));
}

// A speed that one would say aloud: 0.5, 1.2, 8, 60, 250.
function nice(speed) {
  if (speed < 10) return Math.round(speed * 10) / 10;
  return speed < 100 ? Math.round(speed) : Math.round(speed / 10) * 10;
}
