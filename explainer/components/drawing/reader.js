// --- reader: the numbers of the curves above and below the hand -------------------------------------------

const NEAR = 30; // px between the hand and the points that are read, from left to right

// As in a sentence; what is very small or large is a power of ten.
function told(value) {
  const size = Math.abs(value);
  return value === 0 || (size >= 1e-3 && size < 1e7) ? spoken(value) : power(value);
}

class Reader {
  constructor(picture) {
    this.rule = element('i', 'rule');
    this.rule.hidden = true;
    picture.append(this.rule);
    this.readings = [];
  }

  load(readings, view) { Object.assign(this, { readings, view }); }

  // Where a number lies from left to right, in px.
  place({ ends: [low, high], log, sides: [left, right, bottom] }, value) {
    const part = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return this.view.at(left + part * (right - left), bottom)[0];
  }

  box({ sides: [left, right, bottom, top] }) {
    const [[x0, y1], [x1, y0]] = [this.view.at(left, bottom), this.view.at(right, top)];
    return { x0, x1, y0, y1 };
  }

  // The points that are nearest to the hand from left to right, if the hand is between the axes.
  near([x, y]) {
    const inside = this.readings.filter((reading) => {
      const { x0, x1, y0, y1 } = this.box(reading);
      return x >= x0 && x <= x1 && y >= y0 && y <= y1;
    });
    const points = inside.flatMap((reading) => reading.x.map((value, i) => ({ reading, i, value, at: this.place(reading, value) })));
    const least = Math.min(NEAR, ...points.map((point) => Math.abs(point.at - x)));
    return points.filter((point) => Math.abs(point.at - x) <= least && least < NEAR);
  }

  // Shows a rule through those points; returns what they say.
  show(hand) {
    const points = hand ? this.near(hand) : [];
    this.rule.hidden = !points.length;
    if (!points.length) return '';
    const [{ reading, value, at }] = points;
    const { y0, y1 } = this.box(reading);
    Object.assign(this.rule.style, { left: `${at}px`, top: `${y0}px`, height: `${y1 - y0}px` });
    const [across, up] = reading.titles;
    const said = points.map((point) => `${point.reading.name || up} ${told(point.reading.y[point.i])}`);
    return `${across} ${told(value)}: ${said.join(' \u00b7 ')}`;
  }
}
