// Recording a voice note with the browser's own recorder.

const TICK = 250;

/** Record from the microphone; rejects without one. `tick` hears how many seconds it is by now. */
export async function record(tick) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const clock = setInterval(() => tick(seconds()), TICK);
  recorder.start();
  return {
    /** End it; what was recorded, as a Blob, and for how long. */
    stop() {
      clearInterval(clock);
      const lasted = Math.max(1, seconds());
      return new Promise((resolve) => {
        recorder.addEventListener("stop", () => {
          for (const track of stream.getTracks()) track.stop();
          resolve({ blob: new Blob(parts, { type: recorder.mimeType }), seconds: lasted });
        });
        recorder.stop();
      });
    },
  };
}
