// --- landscape: brings pictures, numbers and transport together ----------------------------------------------

const NARROW = 700;
const MEDIUM = 1180; // css pixels below which the numbers stand under the surface
const SLOW_FPS = 4; // with "reduce motion"
const STAGE_HEIGHT = 'calc(var(--stage-height, 62vh) - var(--stage-taken, 0px))'; // what the scene leaves

const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

function read({ x, heights, ways, ...rest }) {
  const decoded = ways.map(({ points, losses, gradients, ...way }) => ({
    ...way, points: floats(points), losses: floats(losses), gradients: floats(gradients),
  }));
  decoded.forEach((way) => { way.last = way.losses.length - 1; });
  return { ...rest, x: floats(x), heights: floats(heights), ways: decoded, last: Math.max(...decoded.map((way) => way.last)) };
}

class Scene {
  constructor(parent) {
    this.root = element('div', 'grid landscape');
    this.scene = element('div', 'scene');
    this.root.setAttribute('role', 'group');
    this.root.append(this.scene);
    parent.append(this.root);
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
    this.readout = new Readout();
    this.position = 0;
    this.visible = true;
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
    this.watching = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watching.observe(this.root);
    this.restyle = () => { this.dressed = ''; this.resize(true); };
    document.fonts.addEventListener('loadingdone', this.restyle);
    this.root.__landscape = this.report();
  }

  // --- data ---

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const sent = JSON.stringify(data);
    if (sent !== this.sent) this.change(read(data), data.heights === this.ground);
    Object.assign(this, { sent, ground: data.heights });
    this.resize(true);
  }

  // Who stood at the end of a way sees the end of the new one; who stood elsewhere stays at that step.
  change(spec, sameGround) {
    const atEnd = !this.spec || this.position >= this.spec.last;
    this.pause();
    this.build(spec);
    this.position = atEnd ? spec.last : Math.min(this.position, spec.last);
    this.speed ??= spec.speed;
    this.spec = spec;
    if (!sameGround) this.heights = spec.flat ? null : new Heights(spec.heights, spec.x.length);
    this.pictures.forEach((picture) => picture.update(spec, this.heights));
    this.readout.update(spec);
    this.root.setAttribute('aria-label', spec.alt);
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    this.transport?.node.remove();
    this.transport = spec.last ? new Transport(this, this.player(spec)) : null;
    if (this.transport) this.root.append(this.transport.node);
  }

  build({ flat }) {
    if (this.pictures && this.spec.flat === flat) return;
    const soon = () => this.soon();
    this.pictures = flat ? [new CurvePlane(), new Losses()] : [new Surface(soon), new Contour((place) => this.tell(place), (place) => this.pick(place)), new Losses()];
    this.dressed = '';
    this.scene.replaceChildren(...this.pictures.map((picture) => picture.node), this.readout.node);
    this.root.classList.toggle('flat', flat);
  }

  player({ last }) {
    return { last, speedUnit: 'step', steps: ['\u2039 Back', 'Step \u203a'], counter: (position) => `step ${position} of ${last}` };
  }

  pick([x, y]) {
    this.tell([x, y]);
    this.send('pick', { x, y });
  }

  // What lies under the pointer; between the grid's points a height is only about right.
  tell(place) {
    this.soon();
    if (!place) { this.readout.tell(this.hint()); return; }
    const { x } = this.spec;
    const [u, v] = place.map((value) => ((value - x[0]) / (x.at(-1) - x[0])) * (x.length - 1));
    const start = this.spec.pickable ? 'start at' : 'at';
    this.readout.tell(`${start} (${place.map((value) => exact(value, 2)).join(', ')}) \u00b7 loss \u2248 ${exact(this.heights.between(u, v), 2)}`);
  }

  hint() {
    if (this.spec.flat) return '';
    return this.spec.pickable ? 'Drag the surface to turn it. Click or tap the contour to start there.' : 'Drag the surface to turn it.';
  }

  // --- size and painting ---

  resize(force = false) {
    if (!this.spec || !this.root.isConnected) return;
    const style = getComputedStyle(document.documentElement);
    const rem = parseFloat(style.fontSize);
    const size = `${this.root.clientWidth} ${this.root.clientHeight} ${rem} ${window.devicePixelRatio}`;
    if (!force && size === this.size) return;
    this.size = size;
    this.dress(rem);
    this.arrange(rem);
    this.ready = this.pictures.map((picture) => picture.fit()).every(Boolean);
    this.paint();
  }

  arrange(rem) {
    const width = this.root.clientWidth;
    this.narrow = window.innerWidth < NARROW;
    this.root.classList.toggle('narrow', this.narrow);
    this.root.classList.toggle('stacked', width < NARROW);
    this.root.classList.toggle('medium', width < MEDIUM);
    this.readout.tell(this.hint());
    const room = this.root.clientHeight - (this.transport?.node.offsetHeight ?? 0) - 0.5 * rem;
    this.root.style.setProperty('--contour', `${Math.round(Math.min(0.64 * room, 0.42 * width))}px`);
  }

  // Reads the theme's colours anew when they have changed: light, dark.
  dress(rem) {
    const font = Math.max(14, 0.85 * rem);
    const key = `${themeKey(this.root)} ${font}`;
    if (this.dressed !== key) {
      this.dressed = key;
      this.theme = readTheme(this.root);
      this.pictures.forEach((picture) => Object.assign(picture, { theme: this.theme, font, drawn: '' }));
    }
    this.heights?.paint(this.theme);
    this.readout.dress(this.theme, font);
  }

  paint() {
    const begin = performance.now();
    if (this.ready) this.pictures.forEach((picture) => picture.paint(this.position));
    this.readout.show(this.position);
    this.transport?.show(this.position, this.playing);
    this.drawMs = performance.now() - begin;
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; if (this.spec) this.paint(); });
  }

  // --- playing ---

  seek(position) {
    const target = Math.max(0, Math.min(position, this.spec.last));
    if (target === this.position) return;
    this.position = target;
    this.paint();
  }

  step(by) {
    this.pause();
    this.seek(this.position + by);
  }

  toggle() {
    if (this.playing) { this.pause(); return; }
    if (this.position >= this.spec.last) this.seek(0);
    this.playing = true;
    this.carry = 0;
    this.clock = performance.now();
    this.tick();
    this.transport.show(this.position, true);
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.ticking);
    this.transport?.show(this.position, false);
  }

  tick() {
    this.ticking = requestAnimationFrame((now) => {
      if (!this.playing) return;
      if (this.visible && this.root.isConnected) this.advance(now);
      else this.clock = now;
      if (this.position >= this.spec.last) this.pause();
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

  // --- for tests ---

  report() {
    const scene = this;
    const picture = (kind) => scene.pictures.find((one) => one instanceof kind);
    return {
      get position() { return scene.position; },
      get last() { return scene.spec.last; },
      get playing() { return scene.playing; },
      get drawMs() { return scene.drawMs; },
      get camera() { return [picture(Surface).around, picture(Surface).above]; },
      get heights() { return Array.from(scene.spec.heights); },
      get ways() {
        return scene.spec.ways.map(({ name, points, losses, gradients }) => ({ name, points: [...points], losses: [...losses], gradients: [...gradients] }));
      },
      // Where a place of the contour is in the window.
      place([x, y]) {
        const contour = picture(Contour);
        const box = contour.canvas.getBoundingClientRect();
        return [box.x + contour.x(x), box.y + contour.y(y)];
      },
    };
  }

  close() {
    this.pause();
    this.resizing.disconnect();
    this.watching.disconnect();
    document.fonts.removeEventListener('loadingdone', this.restyle);
    this.root.remove();
  }
}

const show = mounted(Scene);
