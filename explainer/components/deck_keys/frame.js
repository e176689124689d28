function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

class Frame {
  constructor(parent) {
    const asking = (name, textContent) => made('button', { type: 'button', textContent, onclick: () => this.tell(name, true) });
    this.receipt = asking('receipt', 'Open the receipt');
    this.nav = made('nav', { ariaLabel: 'Scenes of this chapter' });
    parent.append(this.receipt, this.nav, asking('code', 'Show the code'));
    this.root = this.nav;
    this.asked = null;
  }

  update({ data: { titles, current, receipt }, setTriggerValue }) {
    window.__deck = this;
    this.tell = setTriggerValue;
    this.current = current;
    if (this.asked === current) this.asked = null;
    this.receipt.hidden = !receipt;
    while (this.nav.childElementCount > titles.length) this.nav.lastChild.remove();
    while (this.nav.childElementCount < titles.length) this.nav.append(this.dot(this.nav.childElementCount));
    titles.forEach((title, scene) => this.name(this.nav.children[scene], title, `Scene ${scene + 1} of ${titles.length}: ${title}`, scene === current));
  }

  // What was clicked lets go of the focus: no ring stays where one no longer is, and the arrow keys turn again.
  dot(scene) {
    const onclick = ({ detail, currentTarget }) => { if (detail) currentTarget.blur(); this.pick(scene); };
    return made('button', { type: 'button', onclick });
  }

  name(dot, title, told, lit) {
    if (dot.title !== title) dot.title = title;
    if (dot.ariaLabel !== told) dot.ariaLabel = told;
    if (dot.ariaCurrent !== (lit ? 'step' : null)) dot.ariaCurrent = lit ? 'step' : null;
  }

  pick(scene) {
    this.asked = scene;
    this.tell('pick', { scene });
  }

  // A second press may come before the first has been answered: it goes on from the scene that was asked for.
  turn(by) {
    const scene = (this.asked ?? this.current) + by;
    if (scene in this.nav.children) this.pick(scene);
    else document.querySelector(`.st-key-${by > 0 ? 'next' : 'last'}_chapter a`)?.click();
  }

  close() {}
}

export default mounted(Frame);
