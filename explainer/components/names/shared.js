// One element with its class and text; texts are never markup.
function made(tag, className, text = '') {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== '') node.textContent = text;
  return node;
}

function button(className, told, onclick) {
  const node = made('button', className);
  node.type = 'button';
  node.setAttribute('aria-label', told);
  node.title = told;
  node.onclick = onclick;
  return node;
}

// A rerun that changes nothing leaves the picture, the focus and the pointer alone.
const drawn = new WeakMap();

function draw(component, build) {
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
  root.classList.add('root');
  parentElement.append(root);
  if (focused >= 0) (places(root)[focused] ?? root).focus(); // what is drawn anew does not drop it
}
