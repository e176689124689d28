// --- pointer: what is said of a mark, by mouse, finger or key; what a click reports -----------------------

import { element } from '../player/stage.js';
import { placeIn } from './field.js';

const spot = ({ clientX, clientY }) => ({ left: clientX, width: 0, top: clientY, bottom: clientY + 16 }); // below the hand that points
const under = ({ target }) => target.__shape ?? target.parentNode.__shape; // a mark is made of parts

const leads = (shape) => shape.spec.leads >= 0;

export class Pointer {
  /** @type {HTMLElement} */ picture;
  /** @type {(pick: string) => void} */ pick;
  /** @type {(frame: number) => void} */ seek;
  /** @type {(place: { x: number, y: number }) => void} */ move;

  constructor(picture, svg, { pick, seek, move }) {
    Object.assign(this, { picture, svg, pick, seek, move, chosen: null });
    this.label = element('p', 'told');
    this.label.setAttribute('role', 'status');
    this.label.hidden = true;
    picture.append(this.label);
    svg.onpointermove = (event) => { if (event.pointerType !== 'touch') this.choose(under(event), event); };
    svg.onpointerleave = () => this.choose(null);
    svg.onblur = () => this.choose(null);
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
    });
    this.choose(null);
  }

  click(shape, event) {
    if (shape && leads(shape)) this.seek(shape.spec.leads);
    this.put(event);
    this.choose(shape, event);
    this.report();
  }

  // A click on a map puts there what can be moved by hand, also where a point of the data lies.
  put(event) {
    const map = this.places && this.shapes.find(({ now }) => now?.name);
    const place = map && placeIn(map.node, map.now, event);
    if (place) this.move(place);
  }

  pickable(shape) { return this.picks && Boolean(shape?.spec.pick); }

  answers(shape) { return Boolean(shape?.now && (shape.spec.title || shape.spec.name)) || this.pickable(shape); }

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

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const reached = this.shapes.filter((shape) => shape.now.title || this.pickable(shape));
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
