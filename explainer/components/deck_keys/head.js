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
  }

  close() {}
}

export default mounted(Head);
