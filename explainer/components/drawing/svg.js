// --- svg: nodes of a picture, and what they are told ------------------------------------------------------

const SVG = 'http://www.w3.org/2000/svg';

export function node(tag, attributes = {}, text = '') {
  const made = document.createElementNS(SVG, tag);
  set(made, attributes);
  made.textContent = text;
  return made;
}

// Writes only what has changed: most of a picture stays from one update to the next.
export function set(element, attributes) {
  const known = (element.__known ??= {});
  Object.entries(attributes).forEach(([name, value]) => {
    if (known[name] === value) return;
    known[name] = value;
    element.setAttribute(name, value);
  });
}

export const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
