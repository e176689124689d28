// --- landscape: brings pictures, numbers and transport together ----------------------------------------------

import { floats } from '../coded.js';
import { mounted } from '../grid/mount.js';
import { exact } from '../grid/numbers.js';
import { readTheme, themeKey } from '../grid/theme.js';
import { Player } from '../player/player.js';
import { element, NARROW, sizes, STAGE_HEIGHT } from '../player/stage.js';
import { fine } from './board.js';
import { Heights } from './levels.js';
import { Contour, CurvePlane, Losses } from './planes.js';
import { Readout } from './readout.js';
import { Surface } from './surface.js';

const MEDIUM = 1180; // css pixels below which the numbers stand under the surface


function read({ x, heights, ways, ...rest }) {
  const decoded = ways.map(({ points, losses, gradients, velocities, ...way }) => ({
    ...way, points: floats(points), losses: floats(losses), gradients: floats(gradients), velocities: floats(velocities),
  }));
  decoded.forEach((way) => { way.last = way.losses.length - 1; });
  return { ...rest, x: floats(x), heights: floats(heights), ways: decoded, last: Math.max(...decoded.map((way) => way.last)) };
}

class Scene {
  /** @type {string} */ sent;
  /** @type {string} */ ground;

  constructor(parent) {
    this.root = element('div', 'grid landscape');
    this.scene = element('div', 'scene');
    this.root.setAttribute('role', 'group');
    this.player = new Player(this.root, () => this.paint());
    this.root.append(this.scene, this.player.transport.node);
    parent.append(this.root);
    this.readout = new Readout();
    this.resizing = sizes(() => this.resize());
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

  // A ball that was let go rolls. Who stood at the end of a way sees the end of the new one, who stood elsewhere
  // stays at that step; on new ground a picture opens where something can be seen.
  change(spec, sameGround) {
    const speed = this.spec ? this.player.speed : spec.speed;
    this.build(spec);
    this.spec = spec;
    if (!sameGround) this.heights = spec.flat ? null : new Heights(spec.heights, spec.x.length);
    this.pictures.forEach((picture) => picture.update(spec, this.heights));
    this.readout.update(spec);
    this.root.classList.toggle('crowded', spec.ways.length > 3);
    this.root.classList.toggle('raced', spec.ways.length > 1);
    this.player.describe(this.root, spec.alt);
    this.root.style.setProperty('--height', STAGE_HEIGHT);
    const ended = sameGround && this.player.over;
    this.player.load(this.film(spec, speed), spec.opening, sameGround);
    if (ended) this.player.seek(spec.last);
    if (this.rolls) this.roll();
  }

  roll() {
    this.rolls = false;
    this.player.reset();
    this.player.seek(0);
    if (!this.player.still.matches) this.player.play();
  }

  build({ flat }) {
    if (this.pictures && this.spec.flat === flat) return;
    const acts = { soon: () => this.soon(), tell: (place) => this.tell(place), hold: (place) => this.hold(place), pick: (place) => this.pick(place), seek: (step) => this.player.goTo(step) };
    this.pictures = flat ? [new CurvePlane(acts), new Losses(acts)] : [new Surface(acts, this.root), new Contour(acts), new Losses(acts)];
    this.dressed = '';
    this.scene.replaceChildren(...this.pictures.map((picture) => picture.node), this.readout.node);
    this.resizing.disconnect();
    [this.root, ...this.pictures.map((picture) => picture.node)].forEach((node) => this.resizing.observe(node));
    this.root.classList.toggle('flat', flat);
  }

  film({ last, captions }, speed) {
    return { last, captions, speed, speedUnit: 'step', steps: ['\u2039 Back', 'Step \u203a'], counter: (position) => `step ${position} of ${last}` };
  }

  // While the ball is held all pictures show it where it is.
  hold(place) {
    this.player.pause();
    this.pictures.forEach((picture) => { picture.held = place; });
    this.player.narrator.hush(Boolean(place));
    this.tell(place);
  }

  // Let go where it began, it rolls; elsewhere it does when its way has been computed.
  pick(place) {
    this.hold(null);
    const there = place.every((value, axis) => Math.abs(value - this.spec.ways[0].points[axis]) < 0.005);
    if (there) { this.roll(); return; }
    this.rolls = true;
    this.send('pick', { x: place[0], y: place[1] ?? 0 });
  }

  // What lies under the pointer; between the grid's points a height is only about right.
  tell(place) {
    this.soon();
    if (!place) { this.readout.tell(this.hint()); return; }
    const { x, flat } = this.spec;
    if (flat) { this.readout.tell(`start at x = ${exact(place[0], 2)}`); return; }
    const [u, v] = place.map((value) => ((value - x[0]) / (x.at(-1) - x[0])) * (x.length - 1));
    const start = this.spec.pickable ? 'start at' : 'at';
    this.readout.tell(`${start} (${place.map((value) => exact(value, 2)).join(', ')}) \u00b7 loss \u2248 ${fine(this.heights.between(u, v), this.heights.span)}`);
  }

  hint() {
    if (!this.spec.pickable) return this.spec.flat ? '' : 'Drag the surface to turn it.';
    return this.spec.flat ? 'Drag the ball and let it roll.' : 'Drag a ball to let it roll.';
  }

  // --- size and painting ---

  resize(force = false) {
    if (!this.spec || !this.root.isConnected) return;
    const style = getComputedStyle(document.documentElement);
    const rem = parseFloat(style.fontSize);
    // Words that come and go beside a picture may change its place, too.
    const places = [this.root, ...this.pictures.map(({ node }) => node)].map((node) => `${node.clientWidth} ${node.clientHeight}`);
    const size = [...places, rem, window.devicePixelRatio].join(' ');
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
    const { transport, narrator } = this.player;
    const room = this.root.clientHeight - transport.node.offsetHeight - narrator.node.offsetHeight - 0.5 * rem;
    const raced = this.spec.ways.length > 1 && width >= MEDIUM; // the ways are seen best from above
    this.root.style.setProperty('--contour', `${Math.round(raced ? Math.min(room, 0.37 * width) : Math.min(0.64 * room, 0.42 * width))}px`);
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
    /** @type {(kind: Function) => any} */
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

export default mounted(Scene);
