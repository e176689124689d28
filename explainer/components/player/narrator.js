// --- narrator: the line above what plays, one sentence for every frame ---------------------------------------

import { element } from './stage.js';

export class Narrator {
  constructor() {
    this.node = element('p', 'narrator');
    this.words = element('span');
    this.node.append(this.words);
    this.load();
  }

  // The longest sentence keeps its room, so that the picture stands still.
  load(captions = []) {
    this.captions = captions;
    this.node.hidden = !captions.length;
    this.node.dataset.longest = plain(captions.reduce((a, b) => (b.length > a.length ? b : a), ''));
  }

  at(position) { return plain(this.captions[position] ?? ''); }

  show(position) {
    const caption = this.captions[position] ?? '';
    if (caption === this.shown) return;
    this.shown = caption;
    this.words.replaceChildren(...caption.split('**').map((part, i) => (i % 2 ? element('strong', '', part) : document.createTextNode(part))));
  }

  // While a picture shows something else than its frame, nothing is said of it.
  hush(quiet) { this.node.classList.toggle('hushed', quiet); }
}

const plain = (caption) => caption.replaceAll('**', '');
