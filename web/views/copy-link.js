import { byId } from '../dom.js';

/** Milliseconds that a button says what was done. */
const SAID = 2500;

/**
 * Every `<button class="copy-link" data-part="race">` copies a link to what this part shows now. Where the browser lets
 * no page copy, the link stands beside the button, selected.
 *
 * @param {import('./address.js').AddressBar} address
 */
export function copyLinks(address) {
  document.addEventListener('click', async (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.('button.copy-link[data-part]'));
    if (!button) return;
    const link = address.link(button.dataset.part ?? '');
    const isCopied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
    if (isCopied) say(button, 'Copied');
    else showLink(button, link);
  });
}

/** @param {HTMLElement} button @param {string} text */
function say(button, text) {
  button.dataset.text ??= button.textContent ?? '';
  button.textContent = text;
  byId('copied').textContent = `${text}: a link to what is shown.`;
  setTimeout(() => {
    button.textContent = button.dataset.text ?? '';
    byId('copied').textContent = '';
  }, SAID);
}

/** @param {HTMLElement} button @param {string} link */
function showLink(button, link) {
  const field = document.createElement('input');
  field.className = 'link';
  field.readOnly = true;
  field.value = link;
  field.setAttribute('aria-label', 'Link to what is shown, to copy');
  const away = () => field.remove();
  field.addEventListener('blur', away);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    button.focus(); // which takes the field away
  });
  button.after(field);
  field.focus();
  field.select();
}
