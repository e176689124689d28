// --- grip: a ball is taken by hand and rolls from where it is let go --------------------------------------------

export const NEAR = 1.6; // letters around a ball in which it is taken

/* A picture that can be picked from has pickable(), data(event): the place under a pointer or null, and
   near(event): whether a ball is there. Mouse and pen take the ball wherever they press if `anywhere`. */
export class Grip {
  /** @type {any} */ picture;
  /** @type {boolean} */ anywhere;
  /** @type {(place: number[]) => void} */ hold;
  /** @type {(place: number[]) => void} */ drop;
  /** @type {(event: PointerEvent) => void} */ otherwise;

  constructor(picture, anywhere, { hold, drop, otherwise = () => {} }) {
    Object.assign(this, { picture, anywhere, hold, drop, otherwise, held: null });
    const { canvas } = picture;
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => { if (this.held) this.move(event); });
    canvas.addEventListener('pointerup', () => this.up());
    canvas.addEventListener('pointercancel', () => this.let());
    canvas.addEventListener('touchstart', (event) => { if (this.takes(event.touches[0])) event.preventDefault(); }, { passive: false });
  }

  // A finger scrolls the page, unless it lies on a ball.
  takes({ clientX, clientY }) {
    const { x, y } = this.picture.canvas.getBoundingClientRect();
    return this.picture.pickable() && this.picture.near({ offsetX: clientX - x, offsetY: clientY - y });
  }

  down(event) {
    if (event.button || !this.picture.pickable() || !(this.anywhere || this.picture.near(event))) { this.otherwise(event); return; }
    this.held = this.picture.data(event);
    if (!this.held) return;
    this.picture.canvas.setPointerCapture(event.pointerId);
    this.hold(this.held);
  }

  move(event) {
    this.held = this.picture.data(event) ?? this.held;
    this.hold(this.held);
  }

  up() {
    const place = this.held;
    this.held = null;
    if (place) this.drop(place);
  }

  let() {
    this.held = null;
    this.hold(null);
  }
}
