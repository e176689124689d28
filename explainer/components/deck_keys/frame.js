import { mounted } from '../grid/mount.js';
import { isAway, scriptState, STREAMLIT } from '../streamlit_inside.js';
import { takeKeys } from './history.js';
import { Keys, made, release } from './keys.js';
import { scrolled, toTop, Voice } from './voice.js';

const PATIENCE = 600; // ms that a press waits for what was asked before; then it goes on from there
const AGAIN = 2000; // ms after which what was asked is asked again, if the server rests and has not answered
const TIMES = 2; // that it is asked again
const ARRIVAL = 5000; // ms that a scene may take to be drawn, while no press waits

// What is on the screen and can be played; after a turn not what it is about to take away.
function players(turned = false) {
  const gone = ({ root }) => !root.isConnected || (turned && root.getRootNode().host?.closest(STREAMLIT.stale));
  return [...(window.__players ?? [])].filter((player) => !gone(player));
}

// Streamlit puts an empty element into every component; those that are not seen add nothing to it.
const DRAWN = (host) => (host.shadowRoot ? host.shadowRoot.childElementCount > 0 : host.childElementCount > 1) || !host.checkVisibility();
const drawn = () => scriptState() === 'notRunning'
  && [...document.querySelectorAll(`.st-key-stage ${STREAMLIT.part}`)].every(DRAWN);

const within = (index, length) => index >= 0 && index < length;

/* A press of the clicker plays what waits on the scene, then what plays jumps to its end, then comes the scene's
   next stage, then the next scene; backwards it takes all of this back. */
class Frame {
  /** @type {string} */ place;
  /** @type {string} */ told;
  /** @type {{ by: number, scrolls: boolean, at: number }[]} */ presses;

  constructor(parent) {
    const asking = (name, textContent) => {
      const onclick = ({ currentTarget, detail }) => { release(currentTarget, detail); this.tell(name, true); };
      return made('button', { type: 'button', textContent, onclick });
    };
    this.receipt = asking('receipt', 'Open the receipt');
    this.nav = made('nav', { ariaLabel: 'Scenes of this chapter' });
    this.keys = new Keys();
    this.voice = new Voice();
    const turning = (by, textContent) => made('button', { type: 'button', textContent, onclick: () => this.turn(by) });
    const thumbs = made('div', { className: 'thumbs' }, turning(-1, '‹ Back'), turning(1, 'Next ›'));
    const scenes = asking('scenes', '\u2637');
    Object.assign(scenes, { className: 'keys', title: 'All scenes', ariaLabel: 'All scenes' });
    thumbs.firstChild.after(asking('scenes', 'Scenes'));
    parent.append(this.receipt, this.nav, asking('code', 'Show the code'), scenes, this.keys.button, this.keys.window, thumbs, this.voice.node);
    this.root = this.nav;
    const { asked = null, arriving = null, presses = [] } = window.__deck ?? {};
    Object.assign(this, { asked, arriving, presses }); // a press at the end of a chapter goes on in the next
  }

  update({ data, setTriggerValue }) {
    window.__deck = this;
    this.tell = setTriggerValue;
    this.here = data;
    takeKeys(data.keyed);
    if (this.asked && this.reached(data)) {
      this.arriving = { by: this.asked.by, at: performance.now() };
      this.asked = null;
    }
    this.soon(); // also for what the frame before this one has left
    this.draw(data);
    this.tellPlace(data);
  }

  // --- what is seen ---

  draw({ titles, scene, receipt }) {
    this.receipt.hidden = !receipt;
    while (this.nav.childElementCount > titles.length) this.nav.lastChild.remove();
    while (this.nav.childElementCount < titles.length) this.nav.append(this.dot(this.nav.childElementCount));
    titles.forEach((title, i) => this.name(this.nav.children[i], title, `Scene ${i + 1} of ${titles.length}: ${title}`, i === scene));
    this.moved();
  }

  dot(scene) {
    const onclick = ({ detail, currentTarget }) => { release(currentTarget, detail); this.ask({ scene, by: 0 }); };
    return made('button', { type: 'button', onclick });
  }

  name(dot, title, told, lit) {
    if (dot.title !== title) dot.title = title;
    if (dot.ariaLabel !== told) dot.ariaLabel = told;
    if (dot.ariaCurrent !== (lit ? 'step' : null)) dot.ariaCurrent = lit ? 'step' : null;
  }

  // Another scene begins at its top; what has come is told, once it is another one.
  tellPlace({ path, titles, scene, stage, stages }) {
    const place = `${path} ${scene}`;
    const told = `Scene ${scene + 1} of ${titles.length}: ${titles[scene]}${stages > 1 ? `, step ${stage + 1} of ${stages}` : ''}`;
    if (place !== this.place) toTop();
    if (told !== this.told) this.voice.say(told);
    Object.assign(this, { place, told });
  }

  // How much of the scene has been seen: its stages, and how far the one on the screen has played.
  moved() {
    window.__moved?.();
    const { scene, stage, stages } = this.here;
    const parts = players().map(({ passed, left, position, last }) => (passed ? 1 : left ? position / last : 0));
    const part = parts.length ? Math.min(...parts) : 1;
    const seen = `${Math.round((100 * (stage + part)) / stages)}%`;
    const dot = this.nav.children[scene];
    if (dot.style.getPropertyValue('--seen') === seen) return;
    dot.style.setProperty('--seen', seen);
    dot.style.setProperty('--stages', stages);
  }

  // --- what is asked for ---

  get resting() { return !this.asked && !this.arriving && !this.presses.length; }

  // A key goes through a page that is longer than the window before it turns; a thumb has scrolled itself.
  turn(by, scrolls = false) {
    this.presses.push({ by, scrolls, at: performance.now() });
    this.go();
  }

  // A press may come before the one before it has been answered: it waits for that a moment.
  go() {
    const [press] = this.presses;
    const { at } = press ?? this.arriving ?? {};
    if (window.__deck !== this || at === undefined) return;
    const patience = press ? PATIENCE : ARRIVAL;
    if ((this.asked || !drawn()) && performance.now() - at < patience) { this.soon(); return; }
    const all = players(this.arriving !== null);
    if (!this.asked) this.arrive(all);
    this.presses.shift();
    if (press) this.step(press, all);
    this.soon();
  }

  step({ by, scrolls }, all) {
    if (!this.asked && (this.play(by, all) || (scrolls && scrolled(by)))) return;
    this.move(by);
  }

  soon() { this.waiting ??= requestAnimationFrame(() => { this.waiting = null; this.go(); }); }

  // Who comes from before finds what plays at its start; who comes from behind at its end.
  arrive(all) {
    const { by = 0 } = this.arriving ?? {};
    this.arriving = null;
    if (by) all.forEach((player) => (by > 0 ? player.reset() : player.end()));
    this.moved();
  }

  // Returns whether something was left to play, or to take back.
  play(by, all) {
    const running = all.filter(({ playing }) => playing);
    const [left, act] = by < 0 ? [all.filter((player) => player.left), (player) => player.backward()]
      : running.length ? [running, (player) => player.end()] : [all.filter(({ passed }) => !passed), (player) => player.forward()];
    left.forEach(act);
    return left.length > 0;
  }

  // Returns what plays all that waits, or stops all that plays; nothing if nothing can be played.
  toggle() {
    const all = players();
    const running = all.filter(({ playing }) => playing);
    const act = running.length ? () => running.forEach((player) => player.pause()) : () => all.forEach((player) => player.play());
    return all.length ? act : null;
  }

  // To the next stage, the next scene or the next chapter.
  move(by) {
    const { scene, stage = 0, stages = 1 } = this.asked ?? this.here;
    if (within(stage + by, stages)) this.ask({ scene, stage: stage + by, by }, stages);
    else if (within(scene + by, this.here.titles.length)) this.ask({ scene: scene + by, by });
    else this.leave(by);
  }

  ask(asked, stages = 1) {
    this.wait({ ...asked, stages }, () => window.__deck.tell('pick', asked));
  }

  leave(by) {
    /** @type {() => HTMLElement} */
    const link = () => document.querySelector(`.st-key-${by > 0 ? 'next' : 'last'}_chapter a`);
    if (link()) this.wait({ by }, () => link()?.click());
  }

  // Asks the server, and waits for what was asked.
  wait(asked, ask) {
    if (isAway()) return;
    this.asked = { ...asked, path: this.here.path, at: performance.now() };
    ask();
    this.insist(this.asked, ask, TIMES);
  }

  // What comes while the script of the page runs may be lost with it: it is asked again, and at last given up.
  insist(asked, ask, times) {
    setTimeout(() => {
      const deck = window.__deck;
      if (deck.asked !== asked) return;
      if (scriptState() !== 'notRunning' || isAway()) this.insist(asked, ask, times);
      else if (times) { ask(); this.insist(asked, ask, times - 1); }
      else deck.asked = null;
    }, AGAIN);
  }

  reached({ path, scene, stage }) {
    const { asked } = this;
    return path !== asked.path || (scene === asked.scene && stage === (asked.stage ?? stage));
  }

  close() {}
}

export default mounted(Frame);
