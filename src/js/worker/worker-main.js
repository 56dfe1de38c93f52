// worker-main.js: what runs in the Worker that `openWorker` starts.
import { serveAs } from './serve.js';

serveAs("'lstm-wasm/worker-main' is the script of a Worker, and was started outside of one");
