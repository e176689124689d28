// --- images: the vectors of all characters as small pictures, one pixel a number, made when they are first seen --

import { place } from './passed.js';

const scaleOf = (theme, role) => (role === 'probabilities' ? theme.sequential : theme.diverging).rgb;

function painted(width, height, shade) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(width, height);
  for (let y = 0, k = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, k += 4) {
      image.data.set(shade(x, y), k);
      image.data[k + 3] = 255;
    }
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

export class Images {
  /** @type {any} */ passed;
  /** @type {any} */ theme;
  /** @type {any} */ shades;
  /** @type {boolean} */ down;
  /** @type {Map<string, any>} */ all;
  /** @type {Map<string, any>} */ followed;

  // Numbers run down where the way goes to the right, and to the right where it goes down.
  constructor(passed, shades, theme, down) {
    Object.assign(this, { passed, shades, theme, down, all: new Map(), followed: new Map() });
  }

  colors(name) {
    const table = scaleOf(this.theme, this.passed.byName.get(name).role);
    return (part) => table[Math.round(part * (table.length - 1))];
  }

  // Every character's vector.
  of(name) {
    if (!this.all.has(name)) {
      const [{ T }, width, color] = [this.passed, this.passed.width(name), this.colors(name)];
      const places = this.passed.places(name, this.shades);
      this.all.set(name, this.down ? painted(T, width, (x, y) => color(places[x * width + y])) : painted(width, T, (x, y) => color(places[y * width + x])));
    }
    return this.all.get(name);
  }

  // The vector of the character that is followed, in all its shades.
  one(name) {
    if (!this.followed.has(name)) {
      const { passed } = this;
      const [values, peak, color, { role }] = [passed.vector(name), passed.peak(name), this.colors(name), passed.byName.get(name)];
      const shade = (i) => color(place(values[i] / peak, role));
      this.followed.set(name, this.down ? painted(1, values.length, (_, y) => shade(y)) : painted(values.length, 1, (x) => shade(x)));
    }
    return this.followed.get(name);
  }
}
