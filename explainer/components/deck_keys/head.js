class Head {
  constructor(parent) {
    [this.root, this.sentence, this.words] = ['h1', 'p', 'button'].map((tag) => document.createElement(tag));
    Object.assign(this.words, { type: 'button', textContent: 'Words used here' });
    parent.append(this.root, this.sentence, this.words);
  }

  update({ data, setTriggerValue }) {
    this.root.textContent = data.title;
    this.sentence.textContent = data.sentence;
    this.words.hidden = !data.words;
    this.words.onclick = () => setTriggerValue('words', true);
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
