import { compose, withAddresses } from './fences.js';

/** @typedef {import('./runner.js').Answer} Answer */

/** One runs at a time in a page. @type {RunnableSnippet | undefined} */
let running;

/**
 * A block of code that the reader can run and edit. Around the highlighted code that the build has made stand buttons;
 * the output is below.
 */
export class RunnableSnippet extends HTMLElement {
  /** Address of a module by its public name. @type {(name: string) => string | undefined} */
  static addressOf = () => undefined;

  #run = button('Run', 'primary');
  #stop = button('Stop');
  #edit = button('Edit');
  #reset = button('Reset');
  #status = document.createElement('span');
  #editor = document.createElement('textarea');
  /** @type {Worker | undefined} */
  #worker;

  connectedCallback() {
    if (this.querySelector('.snippet-bar')) return;
    const bar = document.createElement('div');
    bar.className = 'snippet-bar';
    this.#status.setAttribute('role', 'status');
    bar.append(this.#run, this.#stop, this.#edit, this.#reset, this.#status);
    this.#editor.hidden = this.#stop.hidden = this.#reset.hidden = true;
    this.#editor.spellcheck = false;
    this.#editor.setAttribute('aria-label', 'Code, to be edited');
    this.#output.before(this.#editor, bar);
    this.#run.addEventListener('click', () => this.#start());
    this.#stop.addEventListener('click', () => this.#end('Stopped.'));
    this.#edit.addEventListener('click', () => this.#open());
    this.#reset.addEventListener('click', () => this.#close());
  }

  disconnectedCallback() {
    this.#end('');
  }

  /** As it stands there now. */
  get code() {
    return this.#editor.hidden ? this.#original : this.#editor.value;
  }

  get #original() {
    return this.querySelector('pre code')?.textContent ?? '';
  }

  get #output() {
    return /** @type {HTMLElement} */ (this.querySelector('.snippet-output'));
  }

  /** The code of this snippet and of those that it continues. */
  get #parts() {
    const all = /** @type {RunnableSnippet[]} */ ([...document.querySelectorAll(this.localName)]);
    let first = all.indexOf(this);
    const end = first + 1;
    while (first > 0 && all[first].hasAttribute('continued')) first--;
    return all.slice(first, end).map(({ code }) => code);
  }

  #open() {
    this.#editor.value = this.#original;
    this.#editor.rows = this.#original.split('\n').length + 1;
    this.#showEditor(true);
    this.#editor.focus();
  }

  #close() {
    this.#showEditor(false);
    this.#edit.focus();
  }

  /** @param {boolean} isOpen */
  #showEditor(isOpen) {
    const block = /** @type {HTMLElement} */ (this.querySelector('div[class*="language-"]'));
    block.hidden = this.#edit.hidden = isOpen;
    this.#editor.hidden = this.#reset.hidden = !isOpen;
  }

  #start() {
    if (running) running.#end('Stopped.');
    running = this;
    this.#clear();
    this.#run.hidden = true;
    this.#stop.hidden = false;
    this.#status.textContent = 'Running …';
    const worker = new Worker(new URL('./runner.js', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }) => this.#hear(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#hear({ type: 'failed', text: event.message ?? 'The Worker that runs snippets cannot be loaded' });
    });
    worker.postMessage({ code: withAddresses(compose(this.#parts), RunnableSnippet.addressOf) });
  }

  /** @param {Answer} answer */
  #hear(answer) {
    if (answer.type === 'clear') this.#clear();
    if (answer.type === 'print') this.#write(answer.text, answer.isError);
    if (answer.type === 'failed') {
      this.#write(answer.text, true);
      this.#end('It failed.');
    }
    if (answer.type === 'done') this.#rest();
  }

  #clear() {
    this.#output.textContent = '';
  }

  /** @param {string} text @param {boolean} isError */
  #write(text, isError) {
    const line = document.createElement('span');
    line.textContent = `${text}\n`;
    line.className = isError ? 'error' : '';
    this.#output.hidden = false;
    this.#output.append(line);
  }

  /** The module has been run; what it has left running, such as a timer, goes on until another snippet is run. */
  #rest() {
    this.#run.hidden = false;
    this.#stop.hidden = true;
    this.#status.textContent = 'Done.';
  }

  /** @param {string} status */
  #end(status) {
    if (running === this) running = undefined;
    if (!this.#worker) return;
    this.#worker.terminate();
    this.#worker = undefined;
    if (this.#run.hidden) {
      this.#rest();
      this.#status.textContent = status;
    }
  }
}

/** @param {string} label @param {string} [className] */
function button(label, className = '') {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = label;
  element.className = className;
  return element;
}
