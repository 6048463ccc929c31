// Sends the chosen file in pieces with tus, from wherever the last time ended. All words are in the page.
"use strict";

(() => {
  const PIECE = 8 * 1024 * 1024; // what a proxy in between may keep back before passing it on
  const LOOK_MS = 3000;
  const WAITS = [0, 1000, 3000, 5000, 10000, 20000, 30000];
  const STILL_MS = 20000;
  const REFUSED = { 403: "different", 404: "gone", 410: "gone", 413: "large", 507: "full" };

  const page = document.body;
  const part = (id) => document.getElementById(id);
  const place = location.pathname.replace(/\/$/, "");

  const lookAgain = async () => {
    try {
      const answer = await fetch(`${place}/stato`, { cache: "no-store" });
      if ((await answer.json()).stage !== page.dataset.stage) return location.reload();
    } catch {
      // No network just now: there will be another look.
    }
    setTimeout(lookAgain, LOOK_MS);
  };
  if (page.dataset.stage !== "open") return void setTimeout(lookAgain, LOOK_MS);

  const file = () => part("file").files[0];
  const say = (what) => {
    for (const one of document.querySelectorAll("[data-said]")) {
      one.hidden = one.dataset.said !== what;
    }
  };
  const megabytes = new Intl.NumberFormat("it", { maximumFractionDigits: 1 });
  let upload = null;
  let state = "idle"; // idle, sending, paused, stopped
  let last = { moved: 0 };
  let lock = null;
  let begun = { size: Number(page.dataset.size), name: page.dataset.name, file: page.dataset.file };

  const become = (next, said) => {
    state = next;
    part("pause").hidden = next !== "sending";
    part("resume").hidden = next === "sending";
    part("going").hidden = next === "idle";
    part("form").hidden = next !== "idle";
    if (said) say(said);
    next === "sending" ? stayAwake() : lock?.release().catch(() => {});
  };

  const stayAwake = async () => {
    try {
      lock = await navigator.wakeLock?.request("screen");
    } catch {
      lock = null; // the battery is low, or the page is not in front
    }
  };

  const moved = (sent, whole) => {
    last = { moved: Date.now() };
    part("progress").value = (100 * sent) / whole;
    part("figures").textContent =
      `${Math.floor((100 * sent) / whole)} % · ${megabytes.format(sent / 1e6)} di ${megabytes.format(whole / 1e6)} MB`;
    if (state === "sending") say("sending");
  };

  const failed = (error) => {
    const status = error.originalResponse?.getStatus();
    const why = REFUSED[status];
    if (why) return become(why === "full" ? "stopped" : "idle", why);
    become("stopped", error.originalRequest ? "waiting" : "unreadable");
  };

  const mayPass = (error) => {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status in REFUSED) return false;
    if (state === "sending") say("waiting");
    return status === 0 || status === 408 || status === 409 || status === 423 || status >= 500;
  };

  const send = (chosen) => {
    part("name").textContent = chosen.name;
    last = { moved: Date.now() };
    upload = new tus.Upload(chosen, {
      endpoint: new URL(`${place}/file`, location.href).href,
      uploadUrl: begun.size ? new URL(`${place}/${begun.file}`, location.href).href : null,
      chunkSize: PIECE,
      retryDelays: WAITS,
      metadata: { filename: chosen.name },
      storeFingerprintForResuming: false,
      onProgress: moved,
      onShouldRetry: mayPass,
      onError: failed,
      onSuccess: () => location.reload(),
      onUploadUrlAvailable: () => {
        const file = `file${new URL(upload.url).search}`;
        begun = { size: chosen.size, name: chosen.name, file };
      },
    });
    become("sending", "sending");
    upload.start();
  };

  const choose = (chosen) => {
    if (!chosen) return;
    if (!chosen.size) return say("empty");
    if (chosen.size > Number(page.dataset.largest)) return say("large");
    const same = chosen.size === begun.size && chosen.name.slice(0, begun.name.length) === begun.name;
    if (begun.size && !same) return say("different");
    send(chosen);
  };

  const goOn = () => {
    last = { moved: Date.now() };
    become("sending", "sending");
    upload.start();
  };

  const revive = async () => {
    if (state === "stopped" && upload) return goOn();
    if (state !== "sending") return;
    stayAwake();
    if (Date.now() - last.moved < STILL_MS) return;
    await upload.abort();
    goOn();
  };

  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    choose(file());
  });
  part("file").addEventListener("change", () => say(null));
  part("pause").addEventListener("click", async () => {
    await upload.abort();
    become("paused", "paused");
  });
  part("resume").addEventListener("click", goOn);
  part("replace").addEventListener("click", async () => {
    await fetch(`${place}/file`, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
    begun = { size: 0, name: "", file: "" };
    choose(file());
  });
  document.addEventListener("visibilitychange", () => document.hidden || revive());
  addEventListener("online", revive);
  addEventListener("pageshow", (event) => event.persisted && revive());
  addEventListener("beforeunload", (event) => {
    if (state === "sending") event.preventDefault();
  });
  for (const one of document.querySelectorAll("[data-script]")) one.hidden = false;
})();
