import { LabHost } from './model/LabHost.js';

// The Worker's script is the largest that the first prediction waits for, so it is asked for before all else.
const lab = new LabHost();
lab.start();
// Not awaited: scripts that share this one's modules would wait for it, and it for them.
import('./first.js').then(({ showFirst }) => showFirst(lab));
