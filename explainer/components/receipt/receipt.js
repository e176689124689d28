// One step of a receipt. Whatever is shown was sent as text and stays text.

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ''));
  return node;
}

// A number with its name; one that was computed is a button that opens how.
function operand({ name, text, role, path }, open) {
  const node = make(path ? 'button' : 'span', `operand ${role}`, name ? make('i', '', name) : '', make('b', '', text));
  if (path) {
    node.type = 'button';
    node.title = `Open how ${name} came about`;
    node.onclick = (event) => { event.stopPropagation(); open(path); };
  }
  return node;
}

const pieces = (list, open) => list.map((piece) => (typeof piece === 'string' ? make('span', 'sign', piece) : operand(piece, open)));

function crumbs({ crumbs: all, hidden }, open) {
  const nav = make('nav', 'crumbs');
  nav.setAttribute('aria-label', 'The way to this step');
  all.forEach((crumb, i) => {
    if (i) nav.append(make('span', 'then', '›'));
    if (hidden && i === 1) {
      const skipped = make('button', 'crumb', '…');
      skipped.type = 'button';
      skipped.setAttribute('aria-label', `${hidden.count} steps between; open the last of them`);
      skipped.onclick = () => open(hidden.path);
      nav.append(skipped, make('span', 'then', '›'));
    }
    const last = i === all.length - 1;
    const node = make(last ? 'span' : 'button', 'crumb', crumb.name, ' ', make('b', crumb.role, crumb.text));
    if (last) node.setAttribute('aria-current', 'step');
    else { node.type = 'button'; node.onclick = () => open(crumb.path); }
    nav.append(node);
  });
  return nav;
}

function bar({ from, to, role, text }) {
  const track = make('div', 'track');
  const fill = make('div', `fill ${role}`);
  fill.style.left = `${100 * Math.min(from, to)}%`;
  fill.style.width = `${100 * Math.abs(to - from)}%`;
  const zero = make('div', 'zero');
  zero.style.left = `${100 * from}%`;
  track.append(fill, zero);
  track.setAttribute('role', 'img');
  track.setAttribute('aria-label', text);
  return track;
}

function line(row, open) {
  const leads = [row.path, ...row.operands.map((piece) => piece.path)].filter(Boolean);
  const label = make(row.path ? 'button' : 'span', 'label', row.label);
  if (row.path) { label.type = 'button'; label.onclick = (event) => { event.stopPropagation(); open(row.path); }; }
  const node = make('div', `line${leads.length ? ' leads' : ''}${row.picked ? ' picked' : ''}`,
    label, make('div', 'operands', ...pieces(row.operands, open)), bar(row),
    make('b', `value ${row.role}`, row.text), make('span', 'chevron', leads.length ? '›' : ''));
  node.setAttribute('role', 'listitem');
  if (leads.length) node.onclick = () => open(leads[0]);
  return node;
}

function rest({ label, text, role, from, to, more: word }, more) {
  const button = make('button', 'more', word);
  button.type = 'button';
  button.onclick = (event) => { event.stopPropagation(); more(); };
  const node = make('div', 'line rest', make('span', 'label', label), make('div', 'operands', button),
    bar({ from, to, role, text }), make('b', `value ${role}`, text), make('span', 'chevron'));
  node.setAttribute('role', 'listitem');
  return node;
}

function views(list, open) {
  const node = make('div', 'views');
  list.forEach(({ name, path }) => {
    const button = make(path === null ? 'span' : 'button', 'view', name);
    if (path === null) button.setAttribute('aria-current', 'true');
    else { button.type = 'button'; button.onclick = () => open(path); }
    node.append(button);
  });
  return node;
}

function copy(address, button) {
  const done = () => { button.textContent = 'Copied'; setTimeout(() => { button.textContent = 'Copy the link'; }, 2000); };
  const shown = () => { window.prompt('Its own link', address); };
  if (navigator.clipboard) navigator.clipboard.writeText(address).then(done, shown);
  else shown();
}

// Up and down walk along what can be opened; left goes back by one step.
function keys(event, root, back) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    const stops = [...root.querySelectorAll('.lines button')];
    const next = stops[stops.indexOf(event.target) + by];
    next?.focus();
  } else if (event.key === 'ArrowLeft' && back !== null) back();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// The whole model, small: where this step stands in it.
function map({ sections, here, part }) {
  const boxes = sections.map((_, i) => make('i', i === here ? 'here' : ''));
  const node = make('p', 'where', ...boxes, make('span', '', `${sections[here]} · ${part}`));
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', `Where this stands in the model: ${sections[here]}, ${part}`);
  return node;
}

// What a step is, without the question and its links: the way to it, the formula, its terms, and what they come to.
export function stepOf(data, open, more, links = '') {
  const lines = make('div', 'lines', ...data.lines.map((row) => line(row, open)), data.rest ? rest(data.rest, more) : '');
  lines.setAttribute('role', 'list');
  const check = make('p', `check${data.good ? '' : ' bad'}`, make('span', 'mark', data.good ? '✓' : '≈'), ' ', data.check);
  check.setAttribute('role', 'status');
  return [
    crumbs(data, open), make('div', 'formula', ...pieces(data.formula, open)),
    make('div', 'told', make('p', '', data.told), data.views.length ? views(data.views, open) : ''),
    lines, make('div', 'foot', check, links),
  ];
}

export default function show({ parentElement, data, setTriggerValue }) {
  const old = parentElement.querySelector('.receipt');
  const focused = Boolean(old?.contains(parentElement.activeElement ?? parentElement.getRootNode().activeElement));
  const scrolled = old?.querySelector('.lines');
  const open = (path) => setTriggerValue('open', path);
  const more = () => setTriggerValue('more', true);
  const back = data.back === null ? null : () => open(data.back);

  const address = new URL(data.link, document.baseURI).href;
  const link = make('button', 'copy', 'Copy the link');
  link.type = 'button';
  link.onclick = () => copy(address, link);
  const page = make('a', 'copy', 'Open as a page');
  Object.assign(page, { href: address, target: '_blank', rel: 'noopener' });

  const links = make('div', 'links', data.place === 'dialog' ? page : '', link);
  const root = make('section', `receipt ${data.place}`, make('div', 'question', make('p', 'asked', data.asked), data.where ? map(data.where) : ''), ...stepOf(data, open, more, links));
  const lines = root.querySelector('.lines');
  root.onkeydown = (event) => keys(event, root, back);
  if (old) old.replaceWith(root);
  else parentElement.append(root);
  if (scrolled && old.dataset.path === data.path) lines.scrollTop = scrolled.scrollTop;
  root.dataset.path = data.path;
  if (focused) (root.querySelector('.lines button') ?? root.querySelector('button'))?.focus({ preventScroll: true });
}
