import { mounted } from '../grid/mount.js';

class Head {
  /** @type {HTMLElement} */ root;
  /** @type {HTMLElement} */ sentence;
  /** @type {HTMLElement} */ words;
  /** @type {HTMLElement} */ take;

  constructor(parent) {
    [this.root, this.sentence, this.words, this.take] = ['h1', 'p', 'button', 'button'].map((tag) => document.createElement(tag));
    Object.assign(this.words, { type: 'button', textContent: 'Words used here' });
    Object.assign(this.take, { type: 'button', textContent: 'Take it along' });
    const asks = Object.assign(document.createElement('div'), { className: 'asks' });
    asks.append(this.words, this.take);
    parent.append(this.root, this.sentence, asks);
  }

  update({ data, setTriggerValue }) {
    this.root.textContent = data.title;
    this.sentence.textContent = data.sentence;
    this.words.hidden = !data.words;
    for (const name of ['words', 'take']) {
      this[name].onclick = ({ detail, currentTarget }) => {
        if (detail) currentTarget.blur(); // as everywhere: who uses the mouse leaves no ring behind
        window.__moments?.write(); // what is taken along is what is seen now
        setTriggerValue(name, true);
      };
    }
    entitle(data.chapter === data.title ? data.title : `${data.title} · ${data.chapter}`);
  }

  close() {}
}

// Tabs, history and bookmarks tell scenes apart. Streamlit writes the chapter's title there at every full run.
function entitle(title) {
  const tell = () => { if (document.title !== title) document.title = title; };
  window.__entitling?.disconnect();
  window.__entitling = new MutationObserver(tell);
  window.__entitling.observe(document.querySelector('title'), { childList: true, characterData: true, subtree: true });
  tell();
}

export default mounted(Head);
