// --- pointer: what is said of a mark, by mouse, finger or key; what a click reports -----------------------

import { element } from '../player/stage.js';
import { placeBy, placeIn } from './field.js';

const spot = ({ clientX, clientY }) => ({ left: clientX, width: 0, top: clientY, bottom: clientY + 16 }); // below the hand that points
const under = ({ target }) => target.__shape ?? target.parentNode.__shape; // a mark is made of parts

const PULL = 6; // pixels that a weight is pulled for one step of a tenth
const JERK = 3; // pixels that a hand moves without meaning it

const leads = (shape) => shape.spec.leads >= 0;

export class Pointer {
  /** @type {HTMLElement} */ picture;
  /** @type {SVGElement} */ svg;
  /** @type {(pick: string) => void} */ pick;
  /** @type {(frame: number) => void} */ seek;
  /** @type {(place: { x: number, y: number }) => void} */ move;
  /** @type {(moved: object) => void} */ drop;
  /** @type {(held: boolean) => void} */ hold;
  /** @type {import('./hand.js').Hand} */ hand;

  constructor(picture, svg, { pick, seek, move, drop, hold }) {
    Object.assign(this, { picture, svg, pick, seek, move, drop, hold, chosen: null, held: null });
    this.label = element('p', 'told');
    this.label.setAttribute('role', 'status');
    this.label.hidden = true;
    picture.append(this.label);
    svg.onpointerdown = (event) => this.take(under(event), event);
    svg.onpointermove = (event) => {
      if (this.held?.from) this.drag(event);
      else if (!this.held && event.pointerType !== 'touch') this.choose(under(event), event);
    };
    svg.onpointerup = () => this.release();
    svg.onpointercancel = () => this.let();
    svg.onpointerleave = () => { if (!this.held) this.choose(null); };
    svg.onblur = () => { this.let(); this.choose(null); };
    svg.onclick = (event) => this.click(under(event), event);
    svg.onkeydown = (event) => this.key(event);
  }

  load(shapes, { picks, places }) {
    this.shapes = shapes;
    this.picks = picks;
    this.places = places;
    shapes.forEach((shape) => {
      shape.node.classList.toggle('pickable', this.pickable(shape) || leads(shape));
      shape.node.classList.toggle('silent', !this.answers(shape) && !leads(shape));
      shape.node.classList.toggle('grip', Boolean(shape.spec.grip));
    });
    this.held = null;
    this.choose(null);
  }

  click(shape, event) {
    if (this.dragged || shape?.spec.grip) { this.dragged = false; return; }
    if (shape && leads(shape)) this.seek(shape.spec.leads);
    this.put(event);
    this.choose(shape, event);
    this.report();
  }

  // --- what is taken hold of, moved and let go ---

  take(shape, event) {
    this.dragged = false;
    const grip = shape?.spec.grip;
    if (!grip || event.button) return;
    this.choose(shape, event);
    const value = this.hand.isWeight(grip) ? this.hand.weight(grip) : null;
    this.held = { grip, value, from: [event.clientX, event.clientY] };
    this.hold(true);
    this.svg.setPointerCapture(event.pointerId);
    this.svg.focus({ preventScroll: true });
  }

  drag(event) {
    const { grip, value, from: [x, y] } = this.held;
    this.dragged ||= Math.hypot(event.clientX - x, event.clientY - y) > JERK;
    if (!this.dragged) return;
    if (value !== null) { this.hand.setWeight(grip, value + (0.1 * (y - event.clientY + event.clientX - x)) / PULL); return; }
    const map = this.shapes.find(({ spec }) => spec.name);
    this.hand.setPlace(grip, placeBy(map.node, map.now, event));
  }

  // The server is asked now, and not before.
  release() {
    if (!this.held) return;
    const moved = this.hand.report(this.held.grip);
    this.held = null;
    if (moved) this.drop(moved);
    this.hold(false);
  }

  let() {
    if (!this.held) return;
    this.held = null;
    this.hand.back();
    this.hold(false);
  }

  // A click on a map puts there what can be moved by hand, also where a point of the data lies.
  put(event) {
    const map = this.places && this.shapes.find(({ now }) => now?.name);
    const place = map && placeIn(map.node, map.now, event);
    if (place) this.move(place);
  }

  pickable(shape) { return this.picks && Boolean(shape?.spec.pick); }

  answers(shape) { return Boolean(shape?.now && (shape.spec.title || shape.spec.name || shape.spec.grip)) || this.pickable(shape); }

  choose(shape, place = null) {
    this.chosen = this.answers(shape) ? shape : null;
    this.place = place;
    this.tell();
  }

  // The label stands above its mark, or above the place in a field, inside the picture.
  tell() {
    const title = this.chosen?.told(this.place);
    this.label.hidden = !title;
    if (!title) return;
    this.label.textContent = title;
    const mark = !this.chosen.now.name ? this.chosen.node.getBoundingClientRect() : spot(this.place);
    const frame = this.picture.getBoundingClientRect();
    const { offsetWidth: w, offsetHeight: h } = this.label;
    const left = Math.max(0, Math.min(mark.left + mark.width / 2 - frame.left - w / 2, frame.width - w));
    const above = mark.top - frame.top - h - 6;
    Object.assign(this.label.style, { left: `${left}px`, top: `${above >= 0 ? above : mark.bottom - frame.top + 6}px` });
  }

  report() { if (this.pickable(this.chosen)) this.pick(this.chosen.spec.pick); }

  // What is held by a key: the arrows move it, Enter lets it go, Escape puts it back, Delete takes it away.
  heldKey({ key }) {
    const [across, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? [];
    const { grip } = this.held;
    if (key === 'Escape') this.let();
    else if (key === 'Enter' || key === ' ') this.release();
    else if (across === undefined) return false;
    else this.hand.nudge(grip, across, up);
    return true;
  }

  taken({ key }) {
    const grip = this.chosen?.spec.grip;
    if (!grip) return false;
    if (key === 'Enter' || key === ' ') {
      this.held = { grip };
      this.hold(true);
    }
    else if (key === 'Delete' && !this.hand.isWeight(grip) && grip !== this.hand.spec.star) this.drop({ grip, frame: 0, x: 0, y: 0, gone: true });
    else return false;
    return true;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (this.held ? this.heldKey(event) : this.taken(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const reached = this.shapes.filter((shape) => shape.now.title || shape.spec.grip || this.pickable(shape));
    if (by && reached.length) {
      const from = reached.indexOf(this.chosen);
      this.choose(reached[from < 0 ? (by > 0 ? 0 : reached.length - 1) : (from + by + reached.length) % reached.length]);
    } else if (event.key === 'Enter' || event.key === ' ') this.report();
    else if (event.key === 'Escape') this.choose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
