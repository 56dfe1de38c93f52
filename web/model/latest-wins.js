/**
 * A function that runs an asynchronous task; when called while it runs, the task runs once more after it. It rejects
 * with what the last run rejects with, and can be called again after that.
 *
 * @param {() => Promise<void>} task
 */
export function latestWins(task) {
  let running = false;
  let again = false;
  return async function run() {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await task().catch((error) => {
          if (!again) throw error;
        });
      }
    } finally {
      running = false;
    }
  };
}
