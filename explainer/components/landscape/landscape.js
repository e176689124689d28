// --- landscape: brings pictures, numbers and transport together ----------------------------------------------

const MEDIUM = 1180; // css pixels below which the numbers stand under the surface

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
    this.player = new Player(this.root, () => this.paint());
    this.root.append(this.scene, this.player.transport.node);
    parent.append(this.root);
    this.readout = new Readout();
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.root);
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
    const speed = this.spec ? this.player.speed : spec.speed;
    this.build(spec);
    this.spec = spec;
    if (!sameGround) this.heights = spec.flat ? null : new Heights(spec.heights, spec.x.length);
    this.pictures.forEach((picture) => picture.update(spec, this.heights));
    this.readout.update(spec);
    this.root.classList.toggle('crowded', spec.ways.length > 3);
    this.root.setAttribute('aria-label', spec.alt);
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    this.player.load(this.film(spec, speed), spec.last, !this.player.over);
  }

  build({ flat }) {
    if (this.pictures && this.spec.flat === flat) return;
    const soon = () => this.soon();
    this.pictures = flat ? [new CurvePlane(), new Losses()] : [new Surface(soon, this.root), new Contour((place) => this.tell(place), (place) => this.pick(place)), new Losses()];
    this.dressed = '';
    this.scene.replaceChildren(...this.pictures.map((picture) => picture.node), this.readout.node);
    this.root.classList.toggle('flat', flat);
  }

  film({ last }, speed) {
    return { last, speed, speedUnit: 'step', steps: ['\u2039 Back', 'Step \u203a'], counter: (position) => `step ${position} of ${last}` };
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
    const room = this.root.clientHeight - (this.player.transport.node.offsetHeight ?? 0) - 0.5 * rem;
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
    if (this.ready) this.pictures.forEach((picture) => picture.paint(this.player.position));
    this.readout.show(this.player.position);
    this.drawMs = performance.now() - begin;
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; if (this.spec) this.paint(); });
  }

  // --- for tests ---

  report() {
    const scene = this;
    const picture = (kind) => scene.pictures.find((one) => one instanceof kind);
    return {
      get position() { return scene.player.position; },
      get last() { return scene.spec.last; },
      get playing() { return scene.player.playing; },
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
    this.player.close();
    this.resizing.disconnect();
    document.fonts.removeEventListener('loadingdone', this.restyle);
    this.root.remove();
  }
}

const show = mounted(Scene);
