// One element with its class and text; texts are never markup.
export function made(tag, className, text = '') {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== '') node.textContent = text;
  return node;
}

// What is heard beside what is seen.
export const heard = (text) => made('span', 'visually-hidden', text);

// Named by what it tells, or by its own texts where these are shown.
export function button(className, told, onclick, shown = null) {
  const node = made('button', className);
  node.type = 'button';
  if (shown) node.append(...shown);
  else node.setAttribute('aria-label', told);
  node.title = told;
  node.onclick = onclick;
  return node;
}

// --- many buttons are one stop of the Tab key; the arrow keys lead from one to the next ---

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function rove(root, start) {
  const all = [...root.querySelectorAll('button')];
  const to = (one) => all.forEach((button) => { button.tabIndex = button === one ? 0 : -1; });
  to(all[start] ?? all[0]);
  root.addEventListener('focusin', ({ target }) => { if (all.includes(target)) to(target); });
  root.addEventListener('keydown', (event) => {
    const next = event.key in WAYS && all.includes(event.target) ? nearest(all, event.target, WAYS[event.key]) : null;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  });
}

// The nearest one that lies this way; what lies aside counts twice.
function nearest(all, from, [x, y]) {
  const middle = (one) => { const { left, top, width, height } = one.getBoundingClientRect(); return [left + width / 2, top + height / 2]; };
  const [x0, y0] = middle(from);
  const far = (one) => {
    const [dx, dy] = middle(one).map((v, i) => v - [x0, y0][i]);
    const [ahead, aside] = [dx * x + dy * y, Math.abs(dx * y) + Math.abs(dy * x)];
    return ahead > 1 && one.checkVisibility() ? ahead + 2 * aside : Infinity;
  };
  const [best] = all.map((one) => [far(one), one]).sort(([a], [b]) => a - b);
  return best[0] < Infinity ? best[1] : null;
}

// A rerun that changes nothing leaves the picture, the focus and the pointer alone.
export const drawn = new WeakMap();

export function draw(component, build) {
  const { parentElement, data } = component;
  const text = JSON.stringify(data);
  const before = drawn.get(parentElement);
  drawn.set(parentElement, { text, component });
  if (before?.text === text) return;
  const root = build(data, (value) => drawn.get(parentElement).component.setTriggerValue('open', value));
  root.setAttribute('role', 'group');
  if (data.alt) root.setAttribute('aria-label', data.alt);
  const places = (of) => [of, ...of.querySelectorAll('button')];
  const old = parentElement.querySelector('.root');
  const focused = old ? places(old).indexOf(parentElement.activeElement) : -1;
  old?.remove();
  rove(root, focused - 1);
  root.classList.add('root');
  parentElement.append(root);
  if (focused >= 0) (places(root)[focused] ?? root).focus(); // what is drawn anew does not drop it
}
