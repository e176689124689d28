import { mounted } from '../grid/mount.js';

const PLANNED = 'presenter-minutes'; // what this browser keeps: minutes of the talk, and when it began
const BEGAN = 'presenter-began';
const MINUTES = 90;

const made = (tag, className, properties = {}) => Object.assign(document.createElement(tag), { className, ...properties });
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/* Follows the stage and leads it: both speak over a channel of the browser, without the server. */
class Notes {
  constructor(parent) {
    this.root = made('section', 'notes');
    this.parts = Object.fromEntries(['where', 'now', 'said', 'next', 'time'].map((name) => [name, made('p', name)]));
    this.parts.now.ariaLive = 'polite';
    this.minutes = made('input', '', { type: 'number', min: 1, max: 600, value: localStorage[PLANNED] ?? MINUTES });
    this.minutes.oninput = () => { localStorage[PLANNED] = this.minutes.value; this.tick(); };
    const anew = made('button', '', { type: 'button', textContent: 'Start the time anew', onclick: () => this.begin() });
    const planned = made('label', '');
    planned.append('minutes planned ', this.minutes);
    const times = made('div', 'times');
    times.append(this.parts.time, planned, anew);
    const { where, now, said, next } = this.parts;
    this.root.append(where, now, said, next, times);
    parent.append(this.root);
    this.channel = new BroadcastChannel('deck');
    this.channel.onmessage = ({ data: { here } }) => here && this.show(here);
    window.__remote = { lead: (does) => this.channel.postMessage({ does }) };
    if (!localStorage[BEGAN]) this.begin();
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  update({ data }) {
    this.scenes = data.scenes;
    this.channel.postMessage({ ask: true }); // who opens this late finds where the talk is
    if (!this.here) this.parts.where.textContent = 'No other window of this browser shows the talk yet.';
    this.tick();
  }

  begin() {
    localStorage[BEGAN] = Date.now();
    this.tick();
  }

  show(here) {
    this.here = here;
    const place = this.scenes.findIndex(({ path, scene }) => path === here.path && scene === here.scene);
    this.place = place;
    if (place < 0) return; // a page that is not on the way
    const [{ chapter, title, note }, next] = [this.scenes[place], this.scenes[place + 1]];
    const stages = here.stages > 1 ? `, stage ${here.stage + 1} of ${here.stages}` : '';
    this.parts.where.textContent = `${chapter}, scene ${place + 1} of ${this.scenes.length}${stages}${[...here.seen, here.playing ? 'playing' : ''].filter(Boolean).map((part) => `, ${part}`).join('')}`;
    this.parts.now.textContent = title;
    this.parts.said.textContent = note;
    this.parts.next.textContent = next ? `Next: ${next.title}. ${next.sentence}` : 'This is the last scene.';
    this.tick();
  }

  // The time that is planned is shared out to the scenes alike.
  tick() {
    if (!this.scenes) return;
    const gone = (Date.now() - localStorage[BEGAN]) / 1000;
    const planned = (60 * this.minutes.value * (this.place ?? 0)) / this.scenes.length;
    const late = Math.abs(gone - planned) < 60 ? 'on time' : `${clock(Math.abs(gone - planned))} ${gone > planned ? 'late' : 'early'}`;
    this.parts.time.textContent = `${clock(gone)} gone, ${clock(planned)} planned to here: ${late}`;
  }

  close() {
    clearInterval(this.ticking);
    this.channel.close();
    delete window.__remote;
  }
}

export default mounted(Notes);
