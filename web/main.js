import { LabHost } from './model/LabHost.js';

// The Worker's script is the largest that the first prediction waits for, so it is asked for before all else.
const lab = new LabHost();
lab.start();
// Not awaited: scripts that share this one's modules would wait for it, and it for them.
import('./first.js').then(({ showFirst }) => showFirst(lab), offerReload);

/** What tells of all else that goes wrong is in the script that is missing. */
function offerReload() {
  const words = document.createElement('p');
  words.textContent = 'A script of the page could not be loaded, so that nothing answers here. Load the page again when the network is there.';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Load again';
  button.addEventListener('click', () => location.reload());
  const entry = document.createElement('div');
  entry.append(words, button);
  document.getElementById('alert')?.append(entry);
}
