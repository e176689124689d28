// --- reel: brings lanes, list, chart and transport together ----------------------------------------------

const NARROW = 700;
const SLOW_FPS = 4; // with "reduce motion"
const STAGE_HEIGHT = 'calc(var(--stage-height, 62vh) - var(--stage-taken, 0px))'; // what the scene leaves
const NARROW_SIZE = 1.15; // rem of the type on a phone, where a lane is as long as its text
const SIZES = Array.from({ length: 19 }, (_, i) => Math.max(0.86, 2.6 * 0.94 ** i)); // rem, from a text that has room down

const fitted = keeper(24); // sizes of the type

class Reel {
  constructor(parent) {
    this.root = element('div', 'grid reel');
    this.scene = element('div', 'scene');
    this.readout = element('p', 'readout');
    this.readout.setAttribute('role', 'status');
    this.root.setAttribute('role', 'group');
    this.root.append(this.scene, this.readout);
    parent.append(this.root);
    this.root.__reel = this;
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
    this.scene.onpointerover = (event) => this.point(event.target.closest('.tile'));
    this.scene.onclick = (event) => this.point(event.target.closest('.tile'));
    this.scene.onkeydown = (event) => this.key(event);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
  }

  update(spec) {
    const { start, speed, height, ...rest } = spec;
    const signature = JSON.stringify([rest.titles, rest.lanes.map((l) => ({ ...l, ids: null })), start]);
    const same = signature === this.signature;
    this.pause();
    Object.assign(this, { spec, signature });
    this.last = Math.max(0, spec.titles.length - 1);
    this.position = same ? this.position : Math.min(start, this.last);
    this.speed = same ? this.speed : speed;
    this.build();
    this.resize(true);
  }

  build() {
    const { spec } = this;
    this.root.setAttribute('aria-label', spec.alt);
    this.root.style.setProperty('--height', spec.height === 'stage' ? STAGE_HEIGHT : '100%');
    this.root.classList.toggle('piled', spec.stacked);
    this.lanes = spec.lanes.map(lane);
    this.chart = spec.chart ? new LossChart(spec.chart) : null;
    this.list = spec.ledger ? ledger(spec, (position) => { this.pause(); this.seek(position); }) : null;
    const texts = element('div', 'lanes');
    texts.tabIndex = 0;
    texts.setAttribute('role', 'application');
    texts.setAttribute('aria-label', `${spec.alt} Move from piece to piece with the arrow keys.`);
    texts.append(...this.lanes.map((l) => l.node));
    this.lanes.forEach((l) => l.build());
    this.texts = texts;
    this.scene.replaceChildren(...[this.chart?.node, texts, this.list?.node].filter(Boolean));
    this.transport?.node.remove();
    this.transport = this.last ? new Transport(this, this.player()) : null;
    if (this.transport) this.root.append(this.transport.node);
    this.readout.hidden = this.lanes.every((l) => l.kind === 'pages');
    this.pointed = null;
  }

  player() {
    const { unit, titles } = this.spec;
    return {
      last: this.last, titles, speedUnit: unit, steps: [`‹ One ${unit}`, `One ${unit} ›`],
      counter: (position) => titles[position],
    };
  }

  // --- what is seen ---

  show() {
    this.lanes.forEach((l) => l.show(this.position));
    this.chart?.show(this.position);
    this.list?.show(this.position);
    this.transport?.show(this.position, this.playing);
    if (!this.pointed?.isConnected) this.point(null);
  }

  resize(force = false) {
    if (!this.spec || !this.root.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = `${this.root.clientWidth} ${this.root.clientHeight} ${rem}`;
    if (!force && size === this.size) return;
    this.size = size;
    this.narrow = window.innerWidth < NARROW;
    this.root.classList.toggle('narrow', this.narrow);
    this.root.classList.toggle('stacked', this.root.clientWidth < NARROW);
    this.chart?.draw(rem);
    this.fit();
    this.show();
  }

  // The largest type at which every lane's fullest frame has room; below the least size a lane scrolls.
  fit() {
    const type = (size) => this.root.style.setProperty('--type', `${size}rem`);
    if (this.narrow) { type(NARROW_SIZE); return; }
    const key = `${this.size} ${document.fonts.status} ${JSON.stringify(this.spec)}`;
    type(fitted(key, () => this.largest(type)));
  }

  largest(type) {
    this.lanes.forEach((l) => l.show(l.fullest(this.last)));
    const full = () => this.lanes.some(({ body }) => body.scrollHeight > body.clientHeight + 1);
    let [low, high] = [0, SIZES.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      type(SIZES[middle]);
      if (full()) low = middle + 1;
      else high = middle;
    }
    return SIZES[low];
  }

  point(node) {
    this.pointed?.classList.remove('pointed');
    this.pointed = node;
    node?.classList.add('pointed');
    this.readout.textContent = node?.told ?? '';
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target !== this.texts) return;
    const tiles = [...this.texts.querySelectorAll('.tile:not(.ahead)')];
    const next = tiles[tiles.indexOf(this.pointed) + by];
    if (next) this.point(next);
    event.preventDefault();
    event.stopPropagation();
  }

  // --- playing ---

  seek(position) {
    const target = Math.max(0, Math.min(position, this.last));
    if (target === this.position) return;
    this.position = target;
    this.show();
  }

  step(by) {
    this.pause();
    this.seek(this.position + by);
  }

  toggle() {
    if (this.playing) { this.pause(); return; }
    if (this.position >= this.last) this.seek(0);
    this.playing = true;
    this.readout.setAttribute('aria-live', 'off');
    this.carry = 0;
    this.clock = performance.now();
    this.tick();
    this.transport.show(this.position, true);
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.ticking);
    this.readout.setAttribute('aria-live', 'polite');
    this.transport?.show(this.position, false);
  }

  tick() {
    this.ticking = requestAnimationFrame((now) => {
      if (!this.playing || !this.root.isConnected) return;
      this.advance(now);
      if (this.position >= this.last) this.pause();
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

// All titles as a list; the frame's own is marked, what is yet to come is faint.
function ledger({ ledger: heading, titles }, pick) {
  const node = element('div', 'panel ledger');
  const list = element('ol');
  const rows = titles.slice(1).map((title, i) => {
    const row = element('li', '', title);
    row.onclick = () => pick(i + 1);
    return row;
  });
  list.append(...rows);
  node.append(element('h2', '', heading), list);
  return {
    node,
    show(position) {
      rows.forEach((row, i) => {
        row.classList.toggle('current', i + 1 === position);
        row.classList.toggle('ahead', i + 1 > position);
      });
      const row = rows[Math.max(0, position - 1)];
      if (row) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 2;
    },
  };
}

const reels = new WeakMap();

function show({ parentElement, data }) {
  if (!reels.has(parentElement)) reels.set(parentElement, new Reel(parentElement));
  reels.get(parentElement).update(data);
}
