// The script of the lab's Worker. It trains nothing, and so is what the first prediction waits for, and no more.
import { answerAsLab } from './lab/answer.js';

answerAsLab();
