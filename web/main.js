import { LabHost } from './model/LabHost.js';

// The Worker's script is the largest that the first prediction waits for, so it is asked for before all else.
const lab = new LabHost();
lab.start();
const { showFirst } = await import('./first.js');
await showFirst(lab);
